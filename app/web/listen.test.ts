import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { OpenAPIHono } from '@hono/zod-openapi';
import { listen } from './listen.ts';
import { rawRequest } from './testing/raw-request.ts';

describe('a listener', () => {
  const hello = new OpenAPIHono();
  hello.onError((_error, context) => context.text('broken', 500));
  hello.get('/', (context) => context.text('hello'));
  hello.post('/', async (context) => context.text(await context.req.text()));

  it('answers others while slow clients hold connections, and lets those go', async () => {
    const listener = await listen(
      hello,
      { host: '127.0.0.1', port: 0 },
      { slowestRequestMs: 300, longestSilenceMs: 5_000, mostConnections: 40 },
    );
    const slow = Array.from({ length: 30 }, () => connect(listener.port, '127.0.0.1'));
    for (const socket of slow) {
      socket.on('error', () => {});
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nslow');
    }
    const closed = Promise.all(slow.map((socket) => once(socket, 'close')));
    assert.equal((await rawRequest(listener.url, 'GET', '/', {})).text, 'hello');
    for (const socket of slow) socket.resume();
    await closed;
    await listener.close();
  });

  it('lets go of a silent connection, and takes no more than it may', async () => {
    const listener = await listen(
      hello,
      { host: '127.0.0.1', port: 0 },
      { slowestRequestMs: 60_000, longestSilenceMs: 200, mostConnections: 5 },
    );
    const sockets = Array.from({ length: 20 }, () =>
      connect(listener.port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'close')));
    assert.equal((await rawRequest(listener.url, 'GET', '/', {})).text, 'hello');
    await listener.close();
  });

  it('names a port that is taken and what to do', async () => {
    const first = await listen(hello, { host: '127.0.0.1', port: 0 });
    await assert.rejects(listen(hello, { host: '127.0.0.1', port: first.port }), {
      code: 'port-unusable',
      message: `cannot listen on 127.0.0.1:${first.port}: EADDRINUSE`,
    });
    await first.close();
  });
});
