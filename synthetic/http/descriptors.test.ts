import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serveHttp } from '../net/testing/servers.ts';

const SCRIPT = fileURLToPath(new URL('./testing/exhaust-descriptors.ts', import.meta.url));

test('a machine without file descriptors is not a target that is down, and recovers', async () => {
  await using server = await serveHttp((_request, response) => response.end('ok'));
  const run = promisify(execFile)('sh', [
    '-c',
    'ulimit -n 64; exec "$0" "$@"',
    process.execPath,
    '--no-warnings',
    SCRIPT,
    `http://127.0.0.1:${server.port}/`,
  ]);
  const { stdout } = await run;
  const [first, without, after]: readonly string[] = JSON.parse(stdout);
  assert.equal(first, 'passed');
  assert.match(without ?? '', /^inconclusive: host-descriptors \(host\) connect: .*\(EMFILE\)/);
  assert.equal(after, 'passed');
});
