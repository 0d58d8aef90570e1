import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { VigieError } from '../core/errors.ts';
import type { Failure, FromWriter, ToWriter, WriterSettings } from './protocol.ts';

export type WriterListener = {
  readonly onMessage: (message: FromWriter) => void;
  /** The thread ended without being asked to. */
  readonly onDeath: (reason: string) => void;
};

/** One life of the storage thread. */
export class WriterClient {
  readonly #worker: Worker;
  readonly #listener: WriterListener;
  #lastError = 'no reason was given';
  #isClosing = false;
  readonly ended: Promise<void>;

  private constructor(worker: Worker, listener: WriterListener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.on('message', (message: FromWriter) => this.#listener.onMessage(message));
    worker.on('error', (error) => {
      this.#lastError = error instanceof Error ? error.message : String(error);
    });
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        if (!this.#isClosing) this.#listener.onDeath(`${this.#lastError} (exit code ${code})`);
        resolve();
      });
    });
  }

  /** Resolves when the database is open; rejects with the reason why it cannot be. */
  static async start(settings: WriterSettings, listener: WriterListener): Promise<WriterClient> {
    // Compiled, this file and the thread's are both .js; in the repository both are .ts.
    const entry = new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(entry, { workerData: settings, name: 'vigie-store' });
    const opening = Promise.withResolvers<void>();
    let isOpen = false;
    const client = new WriterClient(worker, {
      onMessage: (message) => {
        if (message.type === 'opened') {
          isOpen = true;
          opening.resolve();
        } else if (message.type === 'refused') {
          client.#isClosing = true;
          opening.reject(errorOf(message.failure));
        } else listener.onMessage(message);
      },
      onDeath: (reason) => (isOpen ? listener.onDeath(reason) : opening.reject(died(reason))),
    });
    await opening.promise;
    return client;
  }

  post(message: ToWriter): void {
    if (message.type === 'ask' && message.question.name === 'close') this.#isClosing = true;
    this.#worker.postMessage(message);
  }

  /** Kills the thread, as a crash would. For tests of what follows. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

export function errorOf({ code, message, hint }: Failure): VigieError {
  return new VigieError(code, message, hint === undefined ? {} : { hint });
}

export function died(reason: string): VigieError {
  return new VigieError('store-write-failed', `The storage thread ended: ${reason}`, {
    hint: 'It is started again for the next commit; this one can be tried again.',
  });
}
