import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { startDemo } from './start.ts';

const json = async (response: Response): Promise<unknown> => JSON.parse(await response.text());

test('a demo serves website and API at two origins, and stops whole', async () => {
  const demo = await startDemo();
  const [page, index] = await Promise.all([fetch(demo.frontendUrl), fetch(`${demo.apiUrl}/api/`)]);
  assert.notEqual(new URL(demo.frontendUrl).origin, new URL(demo.apiUrl).origin);
  assert.match(await page.text(), /La bonne pièce/);
  assert.equal(index.status, 200);
  await demo.close();
  await assert.rejects(fetch(`${demo.apiUrl}/api/`));
});

test('two demos live side by side, each with its own switches and metrics', async () => {
  await using one = await startDemo({ faults: { errorRate: 1 } });
  await using two = await startDemo({});
  assert.equal((await fetch(`${one.apiUrl}/api/health`)).status, 500);
  assert.equal((await fetch(`${two.apiUrl}/api/health`)).status, 200);
});

test('a port that is taken is an error, or replaced when that is allowed', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const address = holder.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  await assert.rejects(startDemo({ frontendPort: taken }), /port \d+ on 127\.0\.0\.1 is taken/);
  await using demo = await startDemo({ frontendPort: { preferred: taken } });
  assert.notEqual(new URL(demo.frontendUrl).port, String(taken));
  holder.close();
});

test('the index names the endpoints', async () => {
  await using demo = await startDemo({});
  const index = await json(await fetch(`${demo.apiUrl}/api/`));
  assert.ok(JSON.stringify(index).includes('/api/parts?q='));
});
