import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A target whose pages break and heal one by one. */
export type FragileTarget = AsyncDisposable & {
  readonly url: string;
  /** Paths that answer 503. */
  readonly broken: Set<string>;
  /** Paths whose answer takes so many milliseconds. */
  readonly delayMs: Map<string, number>;
  /** Requests so far, by path. */
  readonly asked: ReadonlyMap<string, number>;
};

export async function openFragileTarget(): Promise<FragileTarget> {
  const broken = new Set<string>();
  const delayMs = new Map<string, number>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const answer = (): void => void response.writeHead(broken.has(path) ? 503 : 200).end('hello');
    const wait = delayMs.get(path);
    if (wait === undefined) answer();
    else setTimeout(answer, wait);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken,
    delayMs,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
