import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SmallTarget = AsyncDisposable & {
  readonly url: string;
  /** What `/` and every path answer from now on; `/hang` never answers, `/bad` answers 503. */
  status: number;
  /** Paths asked for so far. */
  readonly asked: readonly string[];
};

/** A target of a few lines for tests that need no application behind it. */
export async function openTarget(): Promise<SmallTarget> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/hang') return;
    response.writeHead(request.url === '/bad' ? 503 : target.status, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>hello</title><h1>hello</h1>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: 200,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}
