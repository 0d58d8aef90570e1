import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo.close());
beforeEach(() => demo.faults.reset());

const call = (method: string, path = '', body?: unknown, token = demo.adminToken) =>
  fetch(`${demo.apiUrl}/admin/faults${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('without the right token nothing is shown or changed', async () => {
  const sameLength = 'x'.repeat(demo.adminToken.length);
  for (const token of ['', 'wrong', sameLength, `${demo.adminToken}x`]) {
    assert.equal((await call('PUT', '', { hang: true }, token)).status, 401);
  }
  assert.deepEqual(demo.faults.values, {});
});

test('switches are set, listed and reset one by one or all', async () => {
  assert.equal((await call('PUT', '', { latency: 5, missingButton: true })).status, 200);
  const listed = JSON.parse(await (await call('GET')).text());
  assert.deepEqual(listed.active, { latency: { ms: 5 }, missingButton: true });
  assert.ok(listed.available.length >= 14);
  await call('DELETE', '/latency');
  assert.deepEqual(demo.faults.values, { missingButton: true });
  await call('DELETE');
  assert.deepEqual(demo.faults.values, {});
});

test('a wrong switch is a 400 with a suggestion, and nothing is changed', async () => {
  const response = await call('PUT', '', { hang: true, mising_button: true });
  assert.equal(response.status, 400);
  const { error } = JSON.parse(await response.text());
  assert.equal(error.details[0].suggestion, 'did you mean missingButton?');
  assert.deepEqual(demo.faults.values, {});
  assert.equal((await call('DELETE', '/hangs')).status, 400);
});

test('a body that is no JSON is a 400', async () => {
  const headers = { authorization: `Bearer ${demo.adminToken}` };
  const response = await fetch(`${demo.apiUrl}/admin/faults`, { method: 'PUT', headers, body: 'latency=5' });
  assert.equal(response.status, 400);
});

test('a factor without a base latency is taken, with a warning', async () => {
  const answer = JSON.parse(await (await call('PUT', '', { latencyFactor: '+15%' })).text());
  assert.equal(answer.warnings.length, 1);
});
