// A server that adds delays which are known: it measures what it really added, because a timer of a busy machine is late.
// HTTPS: the port that is printed for a delay holds the handshake back by it; the paths `/first_byte/<ms>` and
// `/transfer/<ms>` hold back the head of the answer, or its second half. Prints its ports, then a line for each delay added.
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makePki } from '../../synthetic/net/testing/pki.ts';

const delays = process.argv.slice(2).map(Number);
const HALF = Buffer.alloc(20_000, 'a');

const pki = await makePki();
process.once('exit', () => pki[Symbol.dispose]());
process.once('SIGTERM', () => process.exit(0));
createInterface({ input: process.stdin }).once('close', () => process.exit(0));

const plain = createServer({ noDelay: true }, (request, response) => {
  const [, phase = '', ms = '0'] = (request.url ?? '').split('/');
  const later = (add: () => void): void => after(Number(ms), add);
  if (phase === 'first_byte') return later(() => response.end(HALF));
  if (phase !== 'transfer') return void response.end(HALF);
  response.writeHead(200, { 'content-length': HALF.length * 2 });
  response.write(HALF);
  later(() => response.end(HALF));
});
const secure = createTlsServer({ cert: pki.valid.cert, key: pki.valid.key }, (_, response) => response.end(HALF));
const http = await listen(plain);
const tls: Record<string, number> = {};
for (const ms of delays) {
  const held = createTcpServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    after(ms, () => secure.emit('connection', socket));
  });
  tls[String(ms)] = await listen(held);
}
say({ http, tls, ca: join(pki.folder, 'root.pem') });

function after(ms: number, add: () => void): void {
  const begin = performance.now();
  setTimeout(() => {
    const addedMs = performance.now() - begin;
    add();
    say({ addedMs });
  }, ms);
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
