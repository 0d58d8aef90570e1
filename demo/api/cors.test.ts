import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDemo } from '../start.ts';

test('a preflight allows the usual headers, and trace headers only when that is switched on', async () => {
  await using demo = await startDemo();
  const preflight = async () => {
    const response = await fetch(`${demo.apiUrl}/api/parts?q=clio`, {
      method: 'OPTIONS',
      headers: {
        origin: demo.frontendUrl,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'traceparent',
      },
    });
    return response.headers.get('access-control-allow-headers')?.split(',');
  };
  assert.deepEqual(await preflight(), ['content-type', 'authorization', 'idempotency-key']);
  demo.faults.set({ corsTraceHeaders: true });
  assert.ok((await preflight())?.includes('traceparent'));
});

test('only the website may read answers', async () => {
  await using demo = await startDemo();
  const allowed = async (origin: string) =>
    (await fetch(`${demo.apiUrl}/api/`, { headers: { origin } })).headers.get('access-control-allow-origin');
  assert.equal(await allowed(demo.frontendUrl), demo.frontendUrl);
  assert.equal(
    await allowed(demo.frontendUrl.replace('127.0.0.1', 'localhost')),
    demo.frontendUrl.replace('127.0.0.1', 'localhost'),
  );
  assert.equal(await allowed('http://evil.example'), null);
});
