import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { readFirstTarget } from './first-target.ts';
import { type FirstLook, lookAtTarget } from './look-at-target.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function look(answer: RequestListener): Promise<FirstLook> {
  const made = createServer(answer);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return lookAtTarget(readFirstTarget(`http://127.0.0.1:${port}/`));
}

describe('lookAtTarget', () => {
  it('finds the page that is shown behind a redirect', async () => {
    const found = await look((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/en/?from=home' }).end();
      else response.setHeader('content-type', 'text/html').end('<title>Shop</title>');
    });
    assert.deepEqual([found.path, found.isGood], ['/en/?from=home', true]);
  });

  it('keeps the path and says why when there is no good page', async () => {
    const answers: readonly (readonly [RequestListener, RegExp])[] = [
      [(_, response) => response.writeHead(503).end(), /status 503/],
      [
        (_, response) => response.setHeader('content-type', 'application/json').end('{}'),
        /no page \(application\/json\)/,
      ],
      [(_, response) => void response.socket?.destroy(), /gave no answer .*written anyway/],
    ];
    for (const [answer, says] of answers) {
      const found = await look(answer);
      server?.close();
      assert.equal(found.isGood, false);
      assert.equal(found.path, '/');
      assert.match(found.says, says);
    }
  });

  it('does not follow the application to another origin', async () => {
    const other = createServer((_, response) => response.setHeader('content-type', 'text/html').end('elsewhere'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const found = await look((_, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${port}/x` }).end(),
    );
    other.closeAllConnections();
    other.close();
    assert.deepEqual([found.path, found.isGood], ['/', false]);
    assert.match(found.says, /leads away to/);
  });
});
