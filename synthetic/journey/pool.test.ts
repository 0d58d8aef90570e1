import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SILENT_LOG } from '../../core/log.ts';
import { realClock, toolsWith } from '../testing/surroundings.ts';
import { openPool } from './pool.ts';

/** A browser that starts, notes its number, and never answers. */
const HANGS = '#!/bin/sh\necho $$ > "$(dirname "$0")/pid"\nexec sleep 300\n';

test('a browser that is still being started when the pool closes is not waited for and does not live on', {
  timeout: 60_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'v-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [path, noted] = [join(folder, 'chromium'), join(folder, 'pid')];
  writeFileSync(path, HANGS);
  chmodSync(path, 0o755);
  const pool = openPool({ clock: realClock, log: SILENT_LOG, tools: toolsWith(path) });
  const asked = pool.withHost(async () => 'a host');
  while (!existsSync(noted)) await delay(20);
  const pid = Number(readFileSync(noted, 'utf8'));
  const began = performance.now();
  await pool.close();
  const answer = await asked;
  assert.ok(typeof answer === 'object' && answer.failed === 'no-browser', JSON.stringify(answer));
  // It would have been given 40 s to start.
  assert.ok(performance.now() - began < 30_000);
  // What was killed may be there until somebody asks how it ended, but runs nothing.
  assert.ok(!existsSync(`/proc/${pid}/exe`), 'the browser lives on');
});
