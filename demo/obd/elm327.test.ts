import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { startDemo } from '../start.ts';
import { createElm327 } from './elm327.ts';

const adapter = () => {
  const chip = createElm327(() => 0);
  chip.respond('ATE0');
  return (command: string) => chip.respond(command);
};

test('a reset names the chip and turns the echo on again', () => {
  const ask = adapter();
  assert.equal(ask('ATI'), 'ELM327 v1.5\r\r>');
  ask('ATZ');
  assert.equal(ask('ATI'), 'ATI\rELM327 v1.5\r\r>');
});

test('live values decode to what the engine does', () => {
  const [, , a = '', b = ''] = adapter()('010C').split(/\s+/);
  assert.equal((Number.parseInt(a, 16) * 256 + Number.parseInt(b, 16)) / 4, 1675);
  assert.match(adapter()('010D'), /^41 0D 19/);
  assert.match(adapter()('0902'), /^49 02 01 56 46/);
});

test('trouble codes are read and cleared', () => {
  const ask = adapter();
  assert.equal(ask('03'), '43 02 04 20 01 71\r\r>');
  assert.equal(ask('04'), '44\r\r>');
  assert.equal(ask('03'), '43 00\r\r>');
});

test('settings change the form, unknown commands are refused as the chip does', () => {
  const ask = adapter();
  ask('ATS0');
  assert.equal(ask('03'), '430204200171\r\r>');
  ask('ATL1');
  assert.equal(ask('at rv'), '13.9V\r\n\r\n>');
  assert.match(ask('ATXYZ'), /^\?/);
  assert.match(ask('hello'), /^\?/);
  assert.match(ask('01FF'), /^NO DATA/);
});

test('the WebSocket answers in order, refuses other websites and long commands', async () => {
  await using demo = await startDemo({ faults: { latency: { ms: 20, jitterMs: 20 } } });
  const url = `${demo.apiUrl.replace('http', 'ws')}/api/obd`;
  const socket = new WebSocket(url, { origin: demo.frontendUrl });
  await once(socket, 'open');
  const answers: string[] = [];
  socket.on('message', (data) => answers.push(String(data)));
  for (const command of ['ATZ', 'ATE0', '010C', '03']) socket.send(command);
  while (answers.length < 4) await once(socket, 'message');
  assert.match(answers[0] ?? '', /ELM327/);
  assert.match(answers[3] ?? '', /^43 02/);
  socket.send('0'.repeat(100));
  const [code] = await once(socket, 'close');
  assert.equal(code, 1009);
  const foreign = new WebSocket(url, { origin: 'http://evil.example' });
  const [error] = await once(foreign, 'error');
  assert.match(String(error), /403/);
});

test('a hang leaves the WebSocket unopened, a reset cuts it', async () => {
  await using demo = await startDemo({ faults: { connectionReset: true } });
  const url = `${demo.apiUrl.replace('http', 'ws')}/api/obd`;
  const [error] = await once(new WebSocket(url), 'error');
  assert.match(String(error), /ECONNRESET|hang up/);
  demo.faults.set({ connectionReset: false, hang: true });
  const [late] = await once(new WebSocket(url, { handshakeTimeout: 300 }), 'error');
  assert.match(String(late), /timed out/);
});
