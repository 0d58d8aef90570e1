import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDemo } from '../start.ts';
import { flashStatus } from './flash.ts';

const flash = { id: 'x', ecu: 'abs-mk100', version: '2.8.0', startedAtMs: 1000, durationMs: 1000 };

test('the progress follows from the time', () => {
  assert.deepEqual(flashStatus(flash, 1000), { status: 'running', phase: 'preparation', progress: 0, abortable: true });
  assert.deepEqual(flashStatus(flash, 1500), { status: 'running', phase: 'ecriture', progress: 50, abortable: true });
  assert.deepEqual(flashStatus(flash, 1900), {
    status: 'running',
    phase: 'verification',
    progress: 90,
    abortable: false,
  });
  assert.deepEqual(flashStatus(flash, 9000), { status: 'done', phase: 'termine', progress: 100, abortable: false });
  assert.equal(flashStatus(flash, 0).progress, 0);
});

test('an abort stops the progress where it was', () => {
  assert.deepEqual(flashStatus({ ...flash, abortedAtMs: 1300 }, 9000), {
    status: 'aborted',
    phase: 'ecriture',
    progress: 30,
    abortable: false,
  });
});

test('over HTTP a flash is started, followed, and aborted in time', async () => {
  let now = new Date('2026-11-22T12:00:00Z');
  await using demo = await startDemo({ now: () => now });
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${demo.apiUrl}/api/ecu/flashes${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const order = { ecu: 'abs-mk100', version: '2.8.0', chargerConnected: true };
  assert.equal((await call('POST', '', { ...order, chargerConnected: false })).status, 400);
  assert.equal((await call('POST', '', { ...order, version: '9.9.9' })).status, 400);
  const { id } = (await call('POST', '', order)).body;
  now = new Date(now.getTime() + 3000);
  assert.equal((await call('GET', `/${id}`)).body.progress, 50);
  assert.equal((await call('DELETE', `/${id}`)).body.status, 'aborted');
  assert.equal((await call('DELETE', `/${id}`)).status, 409);
  assert.equal((await call('GET', '/none')).status, 404);
});
