import { parentPort, workerData } from 'node:worker_threads';
import type { FromWriter, ToWriter, WriterSettings } from './protocol.ts';
import { failureOf, Writer } from './writer.ts';

/** The storage thread: the one writer of a data folder. Messages are answered in the order in which they came. */
function serve(port: NonNullable<typeof parentPort>, settings: WriterSettings): void {
  const say = (message: FromWriter): void => port.postMessage(message);
  const writer = new Writer(settings, {
    // The one clock reading of this thread, for the names of files that are moved aside.
    now: () => Date.now(),
    onRecovered: (recovery) => say({ type: 'recovered', recovery }),
    onMigrated: (from, to, backup) => say({ type: 'migrated', from, to, backup }),
  });
  try {
    writer.open();
    say({ type: 'opened' });
  } catch (error) {
    say({ type: 'refused', failure: failureOf(error) });
    port.close();
    return;
  }
  port.on('message', (message: ToWriter) => {
    handle(message, writer, say);
    // Without a port nothing keeps the thread alive, so it ends by itself.
    if (message.type === 'ask' && message.question.name === 'close') port.close();
  });
}

function handle(message: ToWriter, writer: Writer, say: (message: FromWriter) => void): void {
  switch (message.type) {
    case 'write':
      say({ type: 'written', batch: message.batch, failures: writer.write(message.operations) });
      return;
    case 'ask':
      try {
        say({ type: 'answered', id: message.id, answer: writer.answer(message.question) });
      } catch (error) {
        say({ type: 'unanswered', id: message.id, failure: failureOf(error) });
      }
      return;
  }
}

if (parentPort) serve(parentPort, workerData as WriterSettings);
