import { createServer as createHttpServer, type RequestListener, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';

/** A server on loopback that a test disposes of with `await using`. */
export type TestServer = AsyncDisposable & { readonly port: number; readonly connections: () => number };

export function serveHttp(listener: RequestListener, options: ServerOptions = {}): Promise<TestServer> {
  return listen(createHttpServer(options, listener));
}

export function serveHttps(options: TlsOptions, listener: RequestListener = answerOk): Promise<TestServer> {
  return listen(createHttpsServer(options, listener));
}

export function serveTls(options: TlsOptions, onSocket: (socket: Socket) => void = () => {}): Promise<TestServer> {
  return listen(createTlsServer(options, guarded(onSocket)));
}

/** A scripted TCP server: what it says is up to the test. */
export function serveTcp(onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<TestServer> {
  return listen(createServer(guarded(onSocket)), host);
}

/** Answers every connection with the same bytes once something was received, then does `after`. */
export function serveRaw(
  bytes: string | Uint8Array,
  after: (socket: Socket) => void = (socket) => socket.end(),
): Promise<TestServer> {
  return serveTcp((socket) => socket.once('data', () => socket.write(bytes, () => after(socket))));
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await serveTcp(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

const SLEEPING_SERVER = `
  const { createServer } = require('node:net');
  const { parentPort, workerData: { host, port } } = require('node:worker_threads');
  const server = createServer().listen({ port, host, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** A port whose queue of connections is full and never emptied: the kernel drops what is sent to it, as a firewall would. */
export async function blackHole(
  host = '127.0.0.1',
  wantedPort = 0,
): Promise<AsyncDisposable & { readonly port: number }> {
  const worker = new Worker(SLEEPING_SERVER, { eval: true, workerData: { host, port: wantedPort } });
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const fillers = Array.from({ length: 8 }, () => connect(port, host).on('error', ignore));
  await Promise.race(fillers.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
}

const answerOk: RequestListener = (_request, response) => response.end('hello');

async function listen(server: Server, host = '127.0.0.1'): Promise<TestServer> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', ignore).once('close', () => open.delete(socket));
  });
  // A client that refuses our certificate is the point of some tests.
  server.on('tlsClientError', ignore);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  return {
    port: portOf(server.address()),
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function guarded(onSocket: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.on('error', ignore);
    onSocket(socket);
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error(`not a TCP address: ${address}`);
}

function ignore(): void {}
