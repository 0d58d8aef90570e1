import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { UpgradeListener } from '../faults/connection-gate.ts';

/** A TCP port, 0 to 65535; 0 lets the system choose. `preferred` is replaced by a free one when it is taken. */
export type PortChoice = number | { readonly preferred: number };

type Listening = { readonly url: string; close(): Promise<void> };
type Handlers = { readonly request: RequestListener; readonly upgrade?: UpgradeListener };

/** Starts one HTTP server. Its `close` also ends connections that hang, so that it always returns. */
export async function listen(host: string, port: PortChoice, handlers: Handlers): Promise<Listening> {
  const server = createServer(handlers.request);
  if (handlers.upgrade) server.on('upgrade', handlers.upgrade);
  // Also those that became WebSockets: closeAllConnections() does not know them any more.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await bind(server, host, port);
  const address = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${name.includes(':') ? `[${name}]` : name}:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function bind(server: Server, host: string, port: PortChoice): Promise<void> {
  const number = typeof port === 'number' ? port : port.preferred;
  try {
    await listening(server, host, number);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (typeof port === 'number') {
      const message = `port ${number} on ${host} is taken: stop the program that holds it, or ask for another port`;
      throw new Error(message, { cause: error });
    }
    await listening(server, host, 0);
  }
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
