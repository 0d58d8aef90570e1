import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Demo, startDemo } from '../start.ts';

let demo: Demo;
let now = new Date('2026-11-22T12:00:00Z');
before(async () => {
  demo = await startDemo({ now: () => now });
});
after(() => demo.close());

type Options = { readonly body?: unknown; readonly token?: string; readonly key?: string };
const call = async (method: string, path: string, { body, token, key }: Options = {}) => {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(key ? { 'idempotency-key': key } : {}),
  };
  const response = await fetch(`${demo.apiUrl}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    replayed: response.headers.get('idempotent-replayed'),
    body: text === '' ? undefined : JSON.parse(text),
  };
};
const signUp = async (email: string, more = {}) => {
  const { status, body } = await call('POST', '/api/accounts', {
    body: { email, password: 'motdepasse', name: 'Anna', ...more },
  });
  assert.equal(status, 201);
  return body.token as string;
};
const pay = (token: string, number: string, key?: string, planId = 'confort') =>
  call('POST', '/api/subscriptions', {
    token,
    body: { planId, card: { number, expiry: '12/30', cvc: '123' } },
    ...(key ? { key } : {}),
  });
const good = '4242 4242 4242 4242';

test('an account is created, logged in, shown and deleted', async () => {
  const token = await signUp('one@example.org');
  assert.equal((await call('GET', '/api/accounts/me', { token })).body.account.email, 'one@example.org');
  const login = await call('POST', '/api/sessions', { body: { email: 'ONE@example.org', password: 'motdepasse' } });
  assert.equal(login.status, 201);
  assert.equal((await call('DELETE', '/api/sessions/current', { token })).status, 204);
  assert.equal((await call('GET', '/api/accounts/me', { token })).status, 401);
  assert.equal((await call('DELETE', '/api/accounts/me', { token: login.body.token })).status, 204);
  assert.equal((await call('GET', '/api/accounts/me', { token: login.body.token })).status, 401);
});

test('bad sign-ups and log-ins say which field is wrong', async () => {
  const bad = await call('POST', '/api/accounts', { body: { email: 'x', password: 'short', name: '' } });
  assert.equal(bad.status, 400);
  assert.deepEqual(bad.body.error.details.map((detail: { field: string }) => detail.field).sort(), [
    'email',
    'name',
    'password',
  ]);
  await signUp('two@example.org');
  assert.equal(
    (await call('POST', '/api/accounts', { body: { email: 'Two@example.org', password: 'motdepasse', name: 'B' } }))
      .status,
    409,
  );
  assert.equal(
    (await call('POST', '/api/sessions', { body: { email: 'two@example.org', password: 'motdepassX' } })).status,
    401,
  );
  assert.equal(
    (await call('POST', '/api/sessions', { body: { email: 'nobody@example.org', password: 'motdepasse' } })).status,
    401,
  );
});

test('a good card subscribes, a second time is a conflict, a cancellation ends it', async () => {
  const token = await signUp('three@example.org');
  const paid = await pay(token, good);
  assert.deepEqual(
    [paid.status, paid.body.subscription.status, paid.body.subscription.cardLastDigits],
    [201, 'active', '4242'],
  );
  assert.equal((await pay(token, good)).status, 409);
  const cancelled = await call('DELETE', '/api/subscriptions/current', { token });
  assert.equal(cancelled.body.subscription.status, 'cancelled');
  assert.equal((await call('DELETE', '/api/subscriptions/current', { token })).status, 404);
  assert.equal((await pay(token, good)).status, 201);
});

test('a declined card is a 402 and an unknown plan a 404; nobody is subscribed', async () => {
  const token = await signUp('four@example.org');
  assert.equal((await pay(token, '4000 0000 0000 0002')).status, 402);
  assert.equal((await pay(token, '4242 4242 4242 4241')).status, 400);
  assert.equal((await pay(token, good, undefined, 'gold')).status, 404);
  assert.equal((await call('GET', '/api/subscriptions/current', { token })).status, 404);
  assert.equal(
    (
      await call('POST', '/api/subscriptions', {
        body: { planId: 'confort', card: { number: good, expiry: '12/30', cvc: '123' } },
      })
    ).status,
    401,
  );
});

test('an idempotency key gives the first answer again, also to requests at the same time', async () => {
  const token = await signUp('five@example.org');
  const answers = await Promise.all(Array.from({ length: 5 }, () => pay(token, good, 'key-1')));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 201, 201],
  );
  assert.equal(new Set(answers.map(({ body }) => body.subscription.id)).size, 1);
  assert.equal(answers.filter(({ replayed }) => replayed === 'true').length, 4);
  assert.equal((await pay(token, good, 'key-1', 'atelier')).status, 422);
});

test('a key belongs to one account', async () => {
  const [one, two] = await Promise.all([signUp('six@example.org'), signUp('seven@example.org')]);
  await pay(one, good, 'shared');
  assert.equal((await pay(two, good, 'shared')).replayed, null);
});

test('accounts of monitors are marked, counted by marker and age, and removed', async () => {
  const admin = async (method: string, query: string) =>
    (await call(method, `/admin/accounts/synthetic${query}`, { token: demo.adminToken })).body;
  await signUp('robot@example.org', { synthetic: 'checkout' });
  const left = await signUp('anna+synthetic-checkout@example.org');
  await signUp('anna+synthetic-other@example.org');
  assert.equal((await admin('GET', '/count')).total, 3);
  assert.equal((await admin('GET', '?marker=checkout')).items.length, 2);
  assert.equal((await admin('GET', '/count?olderThanS=60')).total, 0);
  now = new Date(now.getTime() + 120_000);
  assert.equal((await admin('GET', '/count?olderThanS=60')).total, 3);
  await call('DELETE', '/api/accounts/me', { token: left });
  assert.match(await (await fetch(`${demo.apiUrl}/metrics`)).text(), /assistant_auto_accounts\{origin="synthetic"\} 2/);
  assert.equal((await admin('DELETE', '?marker=checkout')).removed, 1);
  assert.equal((await admin('GET', '/count')).total, 1);
  assert.equal((await call('GET', '/admin/accounts/synthetic')).status, 401);
});

test('a session ends after a day', async () => {
  const token = await signUp('day@example.org');
  now = new Date(now.getTime() + 25 * 3_600_000);
  assert.equal((await call('GET', '/api/accounts/me', { token })).status, 401);
});
