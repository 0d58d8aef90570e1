import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const start = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--frontend-port', '0', ...flags], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const ready = async (child: ChildProcess) => {
  assert.ok(child.stdout);
  let seen = '';
  for await (const chunk of child.stdout) {
    seen += String(chunk);
    if (seen.includes('\n')) break;
  }
  return JSON.parse(seen);
};

const failure = async (child: ChildProcess) => {
  assert.ok(child.stderr);
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { message, code };
};

test('one line says ready, faults of the command line are on, SIGTERM ends with 0', async () => {
  const child = start(['--api-port', '0', '--fault', 'errorRate=1', '--fault', 'latencyFactor=+15%']);
  const exit = once(child, 'exit');
  const line = await ready(child);
  assert.equal(line.ready, true);
  assert.equal((await fetch(`${line.api}/api/health`)).status, 500);
  assert.equal((await fetch(line.frontend)).status, 200);
  const token = await readFile(line.adminTokenFile, 'utf8');
  const listed = await fetch(`${line.api}/admin/faults`, { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual(JSON.parse(await listed.text()).active, { errorRate: { ratio: 1 }, latencyFactor: 1.15 });
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  assert.equal(existsSync(line.adminTokenFile), false);
});

test('a token from the environment is used, and a hanging request does not hold up the end', async () => {
  const token = 'a-token-of-the-test';
  const child = start(['--api-port', '0', '--fault', 'hang'], { DEMO_ADMIN_TOKEN: token });
  const exit = once(child, 'exit');
  const line = await ready(child);
  assert.equal('adminTokenFile' in line, false);
  const hanging = fetch(line.frontend).catch((error: unknown) => error);
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${line.api}/admin/faults`, { headers })).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  assert.ok((await hanging) instanceof Error);
});

test('a wrong switch, a wrong port and a short token are named', async () => {
  const fault = await failure(start(['--fault', 'latancy=3']));
  assert.match(fault.message, /did you mean latency\?/);
  assert.equal(fault.code, 1);
  assert.match((await failure(start(['--api-port', '70000']))).message, /from 0 to 65535/);
  assert.match((await failure(start(['--api-port', '0'], { DEMO_ADMIN_TOKEN: 'short' }))).message, /at least 16/);
});

test('a port that was asked for and is taken is an error', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const temporary = await mkdtemp(join(tmpdir(), 'demo-tmp-'));
  const { message, code } = await failure(start(['--api-port', String(port)], { TMPDIR: temporary }));
  holder.close();
  assert.deepEqual(await readdir(temporary), []);
  assert.match(message, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken`));
  assert.equal(code, 1);
});
