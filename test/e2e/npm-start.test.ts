import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { z } from 'zod';
import { until } from './vigie-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const checksShape = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      schedule: z.object({ type: z.string() }).loose(),
      latest: z.object({ status: z.string(), reason: z.string().optional() }).optional(),
    }),
  ),
});

it('npm start runs every kind of check once within minutes, tells a broken target, and stops in order', {
  timeout: 600_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'vigie-start-'));
  const anyPort = { VIGIE_WEB_PORT: '0', VIGIE_DEMO_FRONTEND_PORT: '0', VIGIE_DEMO_API_PORT: '0' };
  const env = { ...process.env, ...anyPort, VIGIE_DATA_FOLDER: data, NO_COLOR: '1' };
  const child = spawn(process.execPath, [join(ROOT, 'tools', 'start', 'start.ts')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'exit');
  try {
    const url = await until(
      'the page to listen',
      () => /^page +(http\S+?)\/?$/m.exec(output)?.[1],
      () => output,
    );
    const read = async () =>
      checksShape
        .parse(await (await fetch(`${url}/api/v1/checks`)).json())
        .checks.filter((check) => check.schedule.type !== 'manual');
    const ran = await until(
      'every check to have run once',
      async () => {
        const checks = await read();
        return checks.every((check) => check.latest !== undefined) ? checks : undefined;
      },
      () => output,
      300_000,
      // Twenty times a second would cost as much as the monitor itself.
      500,
    );
    assert.deepEqual([...new Set(ran.map((check) => check.kind))].sort(), [
      'audit',
      'dns',
      'heartbeat',
      'http',
      'journey',
      'load',
      'spec',
      'tcp',
      'tls',
    ]);
    for (const { id, latest } of ran)
      assert.ok(
        latest?.status === 'passed' || latest?.status === 'degraded',
        `${id} ${latest?.status}: ${latest?.reason}`,
      );

    const fault = spawn(process.execPath, [join(ROOT, 'tools', 'start', 'fault.ts'), 'emptyBody=true'], {
      env,
      stdio: 'ignore',
    });
    assert.deepEqual(await once(fault, 'exit'), [0, null]);
    await until(
      'the mail and the webhook',
      () => {
        const files = readdirSync(join(data, 'inbox'));
        return files.some((file) => file.endsWith('.eml')) && files.some((file) => file.endsWith('.json'))
          ? true
          : undefined;
      },
      () => output,
    );
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null], output);
    assert.match(output, /^stopped$/m);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
});
