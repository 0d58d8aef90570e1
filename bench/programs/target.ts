// What the benchmarks ask: HTTP and HTTPS on loopback, in a process of its own so that its CPU is nobody else's.
// Prints one line of JSON, its ports and the file of its authority; then, for each line it is sent, how often it was asked.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makePki } from '../../synthetic/net/testing/pki.ts';

const PAGE = Buffer.from(
  `<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>Banc</title><h1>Bonjour</h1><p>${'texte '.repeat(300)}</p></html>`,
);
const BACKLOG = 4_096;

let asked = 0;
let firstAskedAt: number | undefined;
const answer: RequestListener = (_, response) => {
  asked += 1;
  firstAskedAt ??= Date.now();
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': PAGE.length });
  response.end(PAGE);
};

const pki = await makePki();
process.once('exit', () => pki[Symbol.dispose]());
process.once('SIGTERM', () => process.exit(0));
const [http, https] = await Promise.all([
  listen(createServer(answer)),
  listen(createTlsServer({ cert: pki.valid.cert, key: pki.valid.key }, answer)),
]);
say({ http, https, ca: join(pki.folder, 'root.pem') });
createInterface({ input: process.stdin })
  .on('line', () => say({ asked, firstAskedAt }))
  // Ends with whoever started it, however that ends.
  .once('close', () => process.exit(0));

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
