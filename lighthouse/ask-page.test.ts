import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import { type AskOptions, askPage } from './ask-page.ts';
import { REAL_CLOCK } from './testing/context.ts';

let server: Server;
let base = '';
let requests = 0;
const listener: RequestListener = (request, response) => {
  requests += 1;
  if (request.url === '/silent') return;
  if (request.url === '/reset') request.socket.resetAndDestroy();
  else response.writeHead(request.url === '/error' ? 500 : 200).end();
};
before(async () => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** A clock that passes time as soon as somebody waits for it. */
class HurryingClock extends FakeClock {
  override schedule(delayMs: number, wake: () => void): () => void {
    const cancel = super.schedule(delayMs, wake);
    if (delayMs < 1_000) setImmediate(() => void this.advance(delayMs));
    return cancel;
  }
}

function options(more: Partial<AskOptions> = {}): AskOptions {
  return { clock: REAL_CLOCK, timeoutMs: 10_000, signal: new AbortController().signal, ...more };
}

describe('a page asked for its first byte', () => {
  it('answers with any status', async () => {
    assert.deepEqual(await askPage(`${base}/`, options()), { how: 'answers', status: 200 });
    assert.deepEqual(await askPage(`${base}/error`, options()), { how: 'answers', status: 500 });
  });

  it('is asked three times when it breaks the connection', async () => {
    requests = 0;
    const answer = await askPage(`${base}/reset`, options({ clock: new HurryingClock() }));
    assert.deepEqual(answer, { how: 'silent', actual: 'ECONNRESET' });
    assert.equal(requests, 3);
  });

  it('is asked once when it keeps silent', async () => {
    requests = 0;
    const answer = await askPage(`${base}/silent`, options({ timeoutMs: 200 }));
    assert.deepEqual(answer, { how: 'silent', actual: 'no answer within 0.2 s' });
    assert.equal(requests, 1);
  });

  it('is not blamed for a name that cannot be resolved', async () => {
    // A label of more than 63 characters is refused before any resolver is asked.
    const answer = await askPage(`http://${'a'.repeat(64)}.invalid/`, options());
    assert.equal(answer.how === 'unreachable' && answer.code, 'resolver-down');
  });

  it('is left to the browser when it speaks something else than HTTP', async () => {
    assert.deepEqual(await askPage(base.replace('http:', 'https:'), options()), { how: 'answers' });
  });

  it('is given up on cancellation', async () => {
    const answer = await askPage(`${base}/silent`, options({ signal: AbortSignal.timeout(50) }));
    assert.deepEqual(answer, { how: 'answers' });
  });
});
