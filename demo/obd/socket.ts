import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { UpgradeListener } from '../faults/connection-gate.ts';
import { answerDelayMs } from '../faults/delay.ts';
import type { FaultSurroundings } from '../faults/response-faults.ts';
import { createElm327 } from './elm327.ts';

const obdPath = '/api/obd';
const maxCommandBytes = 64;
const maxClients = 50;

type ObdSocket = { readonly upgrade: UpgradeListener; close(): Promise<void> };

/** The adapter over a WebSocket: one text message is one command, one text message is its answer. */
export function createObdSocket(isFrontend: (origin: string) => boolean, faults: FaultSurroundings): ObdSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxCommandBytes });
  server.on('connection', (client) => {
    const begin = performance.now();
    const adapter = createElm327(() => performance.now() - begin);
    // Answers keep the order of the commands, whatever delay each of them draws.
    let last: Promise<unknown> = Promise.resolve();
    client.on('message', (data) => {
      last = last.then(async () => {
        const waitMs = answerDelayMs(faults.switches.values, { service: 'api', path: obdPath }, faults.random);
        if (waitMs > 0) await delay(waitMs, undefined, { signal: faults.closing }).catch(() => undefined);
        client.send(adapter.respond(String(data)));
      });
    });
    // An oversized command closes the connection with code 1009; there is nothing else to do about it.
    client.on('error', () => client.terminate());
  });
  return {
    upgrade(request, socket, head) {
      const path = (request.url ?? '').split('?', 1)[0];
      const origin = request.headers.origin;
      if (path !== obdPath) return refuse(socket, '404 Not Found');
      // Programs send no Origin; a browser must come from our own website.
      if (origin !== undefined && !isFrontend(origin)) return refuse(socket, '403 Forbidden');
      if (server.clients.size >= maxClients) return refuse(socket, '503 Service Unavailable');
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
    },
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(socket: { end(text: string): unknown }, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
