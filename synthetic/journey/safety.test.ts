import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../core/fault.ts';
import { groupOf } from '../../process/proc.ts';
import { sweepOrphans } from '../../process/sweep.ts';
import { toolsWith } from '../testing/surroundings.ts';
import { type Bench, openBench } from './fixtures/harness.ts';
import { type Site, startSite } from './fixtures/site.ts';

/** Processes of which a command line or the environment holds this text, and what shares a group with them: browsers write over the environment of some. */
function processesWith(text: string): readonly number[] {
  const isMatch = (pid: number): boolean => {
    try {
      return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text));
    } catch {
      return false;
    }
  };
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number);
  const groups = new Set(pids.filter(isMatch).map(groupOf));
  return pids.filter((pid) => groups.has(groupOf(pid)));
}

describe('a journey that misbehaves', { concurrency: 2 }, () => {
  let bench: Bench;
  let site: Site;
  before(async () => {
    bench = await openBench();
    site = await startSite();
  });
  after(async () => {
    await bench.close();
    await site.close();
  });

  it('is cut off when it floods its output, and the next run is on a fresh host', async () => {
    const { observation, judgement } = await bench.run(site.url, { file: 'endings.ts', export: 'floods' });
    assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));
    assert.ok(observation.taints.includes('output-truncated'));
    const next = await bench.run(site.url, { file: 'simple.ts' });
    assert.ok(!next.observation.taints.includes('output-truncated'));
  });

  it('leaves no process behind that it started', async () => {
    const mark = `vigie-test-fork-${process.pid}`;
    const { observation } = await bench.run(site.url, { file: 'endings.ts', export: 'forks', params: { mark } });
    assert.equal(observation.fault?.code, 'script-exception');
    assert.deepEqual(processesWith(mark), []);
  });

  it('cleans up after a failure and after its deadline, and keeps the first error', async (test) => {
    const [own, account] = [await openBench(), await startSite()];
    test.after(() => Promise.all([own.close(), account.close()]));
    for (const params of [{ hang: false }, { hang: true }]) {
      await own.run(account.url, { file: 'simple.ts' });
      const begin = account.visits.length;
      const input = { file: 'endings.ts', export: 'cleansUp', params };
      const { observation, judgement } = await own.run(account.url, input, { timeoutMs: 4_000 });
      assert.equal(judgement.verdict.status, 'failed', JSON.stringify(judgement.verdict));
      const methods = account.visits
        .slice(begin)
        .filter(({ path }) => path === '/account/1')
        .map(({ method }) => method);
      assert.deepEqual(methods, ['POST', 'DELETE']);
      assert.deepEqual(observation.measures.find(({ name }) => name === 'cleanup_failures')?.value, 1);
      assert.equal(observation.facts.cleanup, 'this one fails');
    }
  });

  it('cleans up when it is cancelled', async (test) => {
    const cancel = new AbortController();
    const { promise: posted, resolve: tellPosted } = Promise.withResolvers<void>();
    const account = await startSite(({ method }) => {
      if (method === 'POST') tellPosted();
      return false;
    });
    test.after(() => account.close());
    const input = { file: 'endings.ts', export: 'cleansUp', params: { hang: true } };
    const running = bench.run(account.url, input, { signal: cancel.signal });
    await posted;
    cancel.abort(fault('cancelled', 'somebody wanted it'));
    const { observation } = await running;
    assert.equal(observation.fault?.code, 'cancelled');
    assert.ok(account.visits.some(({ method }) => method === 'DELETE'));
  });

  it('is run again on a fresh browser when the browser dies once, and is not held against the target', async () => {
    const flag = join(bench.folder, 'died');
    const input = { file: 'crash-once.ts', params: { flag } };
    const { observation, judgement } = await bench.run(site.url, input);
    assert.equal(judgement.verdict.status, 'passed', JSON.stringify(judgement.verdict));
    assert.match(observation.facts.browserRestarted ?? '', /died/);
  });

  it('is loaded anew when one of its files changed', async () => {
    const [file, part] = ['changing.ts', 'part.ts'].map((name) => join(bench.folder, name));
    assert.ok(file !== undefined && part !== undefined);
    const source = `import { journey } from ${JSON.stringify(join(import.meta.dirname, 'journey.ts'))};
      import { text } from './part';
      enum Heading { wanted = 'Bonjour' }
      export default journey('changing', async ({ page, expect, measure }) => {
        await page.goto('/');
        await expect(page.getByRole('heading')).toHaveText(Heading.wanted);
        measure('value', Number(text), 'count');
      });`;
    await writeFile(file, source);
    for (const value of [1, 2]) {
      await writeFile(part, `export const text = '${'0'.repeat(value)}${value}';`);
      const { observation } = await bench.run(site.url, { file });
      assert.equal(observation.measures.find(({ name }) => name === 'custom.value')?.value, value);
    }
  });

  it('sees nothing of our environment and leaves nothing running when the engine closes', async () => {
    const own = await openBench();
    process.env.VIGIE_TEST_HIDDEN = 'do-not-pass-on';
    const { observation } = await own.run(site.url, { file: 'environment.ts' });
    delete process.env.VIGIE_TEST_HIDDEN;
    assert.equal(observation.facts.finalUrl, `${site.url}/`);
    const names = observation.measures
      .filter(({ name }) => name === 'custom.variable')
      .map(({ labels }) => labels?.name);
    const allowed = [
      'HOME',
      'LANG',
      'LC_ALL',
      'LC_CTYPE',
      'TZ',
      'TMPDIR',
      'NODE_COMPILE_CACHE',
      'NODE_EXTRA_CA_CERTS',
      'FONTCONFIG_PATH',
      'PATH',
      'VIGIE_RUN_MARK',
    ];
    assert.deepEqual(
      names.filter((name) => !allowed.includes(name ?? '') && !name?.startsWith('NODE_CHANNEL')),
      [],
    );
    const mark =
      observation.measures.find(({ labels }) => labels?.name === 'VIGIE_RUN_MARK')?.labels?.value ?? 'absent';
    assert.ok(processesWith(mark).length > 3);
    await own.close();
    assert.deepEqual(processesWith(mark), []);
  });
});

describe('after the engine was killed', () => {
  const endOf = async (exportName: string, sweep: () => Promise<unknown>): Promise<void> => {
    const site = await startSite();
    const program = join(import.meta.dirname, 'fixtures/run-one.ts');
    const child = spawn(process.execPath, [program, site.url, exportName], { stdio: 'ignore' });
    while (site.visits.length === 0) await delay(20);
    // All that the host started carries the mark of the engine, which begins with its pid.
    const mark = `VIGIE_RUN_MARK=${child.pid}_`;
    assert.ok(processesWith(mark).length > 3);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await sweep();
    const endMs = performance.now() + 20_000;
    while (processesWith(mark).length > 0 && performance.now() < endMs) await delay(50);
    assert.deepEqual(processesWith(mark), []);
    await site.close();
  };

  it('its hosts leave by themselves with their browsers', () => endOf('waitsForever', () => Promise.resolve()));
  it('a host that computes without end is swept away at the next start', () =>
    endOf('loopsForever', () => sweepOrphans(Date.now())));
});

describe('without a usable browser', () => {
  it('says that Chromium is missing and how to mend it', async () => {
    const bench = await openBench(toolsWith(undefined));
    const { observation } = await bench.run('http://127.0.0.1:9', { file: 'simple.ts' });
    assert.equal(observation.fault?.code, 'tool-missing');
    assert.match(observation.fault?.message ?? '', /install Chromium/);
    await bench.close();
  });

  it('says that the browser did not start', async () => {
    const bench = await openBench(toolsWith('/bin/false'));
    const { observation } = await bench.run('http://127.0.0.1:9', { file: 'simple.ts' });
    assert.equal(observation.fault?.code, 'browser-launch');
    await bench.close();
  });
});
