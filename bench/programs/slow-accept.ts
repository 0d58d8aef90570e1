// A listener whose queue is full until it is told to accept: the kernel drops the first try to connect and makes a second
// one a second later. That second is the delay in `connect` which is known without rights over the network.
// Prints its port; for each line that it is sent it accepts for a moment and fills its queue again.
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

const LISTENER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const gate = new Int32Array(workerData);
  const server = createServer((_, response) => response.end('ok')).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(hold);
  });
  function hold() {
    Atomics.wait(gate, 0, 0);
    Atomics.store(gate, 0, 0);
    setTimeout(() => { parentPort.postMessage('accepted'); hold(); }, 3000);
  }
`;
const FILLERS = 8;

const gate = new SharedArrayBuffer(4);
const listener = new Worker(LISTENER, { eval: true, workerData: gate });
const port = await new Promise<number>((resolve) => listener.once('message', resolve));
let fillers: readonly Socket[] = [];
process.once('SIGTERM', () => process.exit(0));
await fill();
process.stdout.write(`${JSON.stringify({ port })}\n`);

createInterface({ input: process.stdin })
  .on('line', () => void open())
  .once('close', () => process.exit(0));

async function open(): Promise<void> {
  const accepted = new Promise((resolve) => listener.once('message', resolve));
  Atomics.store(new Int32Array(gate), 0, 1);
  Atomics.notify(new Int32Array(gate), 0);
  await accepted;
  for (const socket of fillers) socket.destroy();
  await fill();
  process.stdout.write('{"full":true}\n');
}

/** The queue is full when some of those who knock are let in and the rest is not answered. */
async function fill(): Promise<void> {
  fillers = Array.from({ length: FILLERS }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.race(fillers.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
}
