import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo.close());
beforeEach(() => demo.faults.reset());

const get = (path: string) => fetch(`${demo.apiUrl}${path}`);
const timed = async (path: string) => {
  const begin = performance.now();
  await (await get(path)).arrayBuffer();
  return performance.now() - begin;
};

test('latency holds back the API, only on its routes, and not the website', async () => {
  demo.faults.set({ latency: { ms: 250, routes: ['/api/parts'] } });
  assert.ok((await timed('/api/parts?q=clio')) >= 245);
  demo.faults.set({ latency: { ms: 60_000, routes: ['/api/parts'] } });
  await timed('/api/health');
  assert.equal((await fetch(demo.frontendUrl)).status, 200);
});

test('a factor over the base latency is a regression', async () => {
  demo.faults.set({ baseLatency: 100, latencyFactor: 2.5 });
  assert.ok((await timed('/api/health')) >= 245);
});

test('an error rate of 1 answers 500 with a body and CORS headers, of 0.5 about half', async () => {
  demo.faults.set({ errorRate: 1 });
  const response = await fetch(`${demo.apiUrl}/api/health`, { headers: { origin: demo.frontendUrl } });
  assert.equal(response.status, 500);
  assert.equal(response.headers.get('access-control-allow-origin'), demo.frontendUrl);
  demo.faults.set({ errorRate: 0.5 });
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await get('/api/health')).status));
  const failed = statuses.filter((status) => status === 500).length;
  assert.ok(failed > 20 && failed < 80, `${failed} of 100 failed`);
});

test('an empty body comes with status 200, on both servers', async () => {
  demo.faults.set({ emptyBody: true });
  for (const url of [`${demo.apiUrl}/api/parts/none`, demo.frontendUrl]) {
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  }
});

test('a hang accepts and never answers', async () => {
  demo.faults.set({ hang: true });
  await assert.rejects(fetch(`${demo.apiUrl}/api/health`, { signal: AbortSignal.timeout(300) }), {
    name: 'TimeoutError',
  });
  await assert.rejects(fetch(demo.frontendUrl, { signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' });
});

test('a reset cuts the connection', async () => {
  demo.faults.set({ connectionReset: { on: 'frontend' } });
  await assert.rejects(fetch(demo.frontendUrl), (error: Error) =>
    /ECONNRESET|other side closed/.test(String(error.cause)),
  );
  assert.equal((await get('/api/health')).status, 200);
});

test('wrong search results keep the count and show another category', async () => {
  const search = async () => JSON.parse(await (await get('/api/parts?q=turbo')).text());
  const right = await search();
  demo.faults.set({ wrongSearchResults: true });
  const wrong = await search();
  assert.equal(wrong.total, right.total);
  assert.ok(right.items.every((item: { category: string }) => item.category === 'turbo'));
  assert.ok(wrong.items.every((item: { category: string }) => item.category !== 'turbo'));
});

test('metrics and admin answer whatever is broken', async () => {
  demo.faults.set({ hang: true, connectionReset: true, errorRate: 1, emptyBody: true });
  assert.match(await (await get('/metrics')).text(), /assistant_auto_active_faults 4/);
  const headers = { authorization: `Bearer ${demo.adminToken}` };
  assert.equal((await fetch(`${demo.apiUrl}/admin/faults`, { method: 'DELETE', headers })).status, 200);
  assert.equal((await get('/api/health')).status, 200);
});
