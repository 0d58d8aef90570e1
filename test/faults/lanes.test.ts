import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { auditCheck, loadCheck } from '../../app/index.ts';
import type { Run } from '../../core/run.ts';
import { locateChromium } from '../../process/locate-tools.ts';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { until } from '../e2e/vigie-process.ts';
import { describeRun, itDelaysNobody } from './expectations.ts';
import { type Monitor, openMonitor } from './monitor.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HEAVY = ['heavy-load', 'heavy-audit'];
const K6_MS = 3_000;
const located = await locateChromium();
const skip = located.found ? false : `no Chromium (${located.looked.join('; ')}); to mend it: ${located.mend}`;

/** A k6 that takes its time, and then ends well. */
const SLOW_K6 = `#!/bin/sh
[ "$1" = version ] && echo 'k6 v2.2.0' && exit
sleep ${K6_MS / 1_000}
exec '${process.execPath}' '${join(ROOT, 'load/fixtures/fake-k6.mjs')}' "$@"
`;

describe('heavy runs that are due at the same instant', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-faults-lanes-'));
  const earlier = process.env.VIGIE_K6;
  let page: TestServer;
  let monitor: Monitor;
  before(async () => {
    const k6 = join(folder, 'k6');
    writeFileSync(k6, SLOW_K6);
    chmodSync(k6, 0o755);
    process.env.VIGIE_K6 = k6;
    page = await serveHttp((_request, response) => {
      const html = '<!doctype html><html lang="en"><title>A page</title><h1>A page</h1></html>';
      response.setHeader('content-type', 'text/html').end(html);
    });
    monitor = await openMonitor({
      url: `http://127.0.0.1:${page.port}`,
      baseFolder: join(ROOT, 'load/fixtures/scripts'),
      scheduled: HEAVY,
      checks: [
        loadCheck('heavy-load', { every: '10m', script: 'modes.ts', allow: ['127.0.0.1'] }),
        auditCheck('heavy-audit', {
          every: '10m',
          pages: ['/'],
          formFactors: ['mobile'],
          runs: 1,
          categories: ['performance'],
        }),
      ],
    });
    await monitor.begin();
  });
  after(async () => {
    await monitor?.close();
    await page?.[Symbol.asyncDispose]();
    if (earlier === undefined) delete process.env.VIGIE_K6;
    else process.env.VIGIE_K6 = earlier;
    rmSync(folder, { recursive: true, force: true });
  });

  it('53: take turns; the second waits, and how late it was is recorded', async (test) => {
    const heavy = (): readonly Run[] => monitor.slotRuns.filter(({ check }) => HEAVY.includes(check));
    await until(
      'both heavy runs',
      () => (heavy().length >= 2 ? true : undefined),
      () => heavy().map(describeRun).join(),
    );
    const [first, second] = [...heavy()].sort((a, b) => a.startedAt - b.startedAt);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([describeRun(first), describeRun(second)], ['passed', 'passed']);
    assert.equal(first.slot?.dueAt, second.slot?.dueAt);
    assert.ok(
      second.startedAt >= first.finishedAt,
      `the second began ${first.finishedAt - second.startedAt} ms too early`,
    );
    const { latenessMs = 0 } = second.producedBy;
    assert.ok(latenessMs >= first.finishedAt - first.startedAt, `${latenessMs} ms late`);
    assert.ok(second.taints.includes('late') && !first.taints.includes('late'), `${second.taints}, ${first.taints}`);
    test.diagnostic(
      `${first.check} took ${first.finishedAt - first.startedAt} ms, ${second.check} was ${Math.round(latenessMs)} ms late`,
    );
  });

  it('53: light runs beside them go on, and are marked', () => {
    const beside = monitor.slotRuns.filter(({ taints }) => taints.includes('beside-exclusive'));
    assert.ok(beside.length > 10, `${beside.length} runs`);
    assert.ok(beside.every(({ check }) => !HEAVY.includes(check)));
  });

  itDelaysNobody(() => monitor, { rssBytes: 300_000_000 });
});
