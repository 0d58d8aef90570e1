import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const posted = z.object({
  id: z.string(),
  incident: z.string(),
  change: z.enum(['opened', 'recovered', 'removed']),
  check: z.object({ id: z.string(), kind: z.string() }),
  summary: z.string(),
});
export type Posted = z.infer<typeof posted> & {
  readonly key: string;
  readonly at: number;
  readonly wasAnswered: boolean;
};

/**
 * `down` breaks every connection before a byte is read, `busy` answers 503, `hold` takes the notice and never answers,
 * so that the sender cannot know that it arrived.
 */
export type Mode = 'up' | 'down' | 'busy' | 'hold';

/** A receiver of webhooks that goes down and up, and records every notice that reached it, answered or not. */
export type Receiver = AsyncDisposable & {
  readonly url: string;
  mode: Mode;
  readonly posts: readonly Posted[];
  /** Told of each notice when it is here, before it is answered. */
  onPost: (post: Posted) => void;
};

/** `told`: what it already had, when it takes the place of another one. */
export async function openReceiver(told: readonly Posted[] = []): Promise<Receiver> {
  const posts: Posted[] = [...told];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => take(String(request.headers['idempotency-key']), text, response));
  });
  server.on('connection', (socket) => {
    if (receiver.mode === 'down') socket.resetAndDestroy();
  });

  function take(key: string, text: string, response: ServerResponse): void {
    if (receiver.mode === 'busy' || receiver.mode === 'down') return void response.writeHead(503).end();
    const wasAnswered = receiver.mode === 'up';
    const post = { ...posted.parse(JSON.parse(text)), key, at: performance.now(), wasAnswered };
    posts.push(post);
    receiver.onPost(post);
    if (wasAnswered) response.writeHead(200).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    mode: 'up',
    posts,
    onPost: () => {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
