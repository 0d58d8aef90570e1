import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { locateK6 } from '../process/locate-tools.ts';
import type { BenchDocument } from './result.ts';
import { ROWS } from './rows.ts';
import { runRows } from './run-rows.ts';

const LIMIT_MS = 600_000;
const k6 = await locateK6();
const NEEDS_K6 = ['load', 'phases'];
const NO_PROC =
  process.platform === 'linux' ? false : 'CPU and memory of processes are read from /proc, which only Linux has';
const READS_PROC = ['check-cost', 'memory', 'journey-cold'];

const rows = ROWS.map(({ name }) => {
  const noK6 = NEEDS_K6.includes(name) && !k6.found ? `no k6 (${k6.looked.join('; ')}); to mend it: ${k6.mend}` : false;
  return { name, skip: noK6 || (READS_PROC.includes(name) && NO_PROC) };
});

/** Tiny, and from the sources: whether each row runs and yields numbers, never how large they are. */
describe('the benchmarks', () => {
  let measured: BenchDocument;
  before(
    async () => {
      const only = rows.filter(({ skip }) => skip === false).map(({ name }) => name);
      measured = await runRows({ only, size: 'smoke', fromSource: true }, AbortSignal.timeout(LIMIT_MS), () => {});
    },
    { timeout: LIMIT_MS },
  );

  for (const { name, skip } of rows)
    it(`measure ${name}`, { skip }, () => {
      const row = measured.rows.find((one) => one.name === name);
      assert.equal(row?.problem, undefined);
      assert.ok(row && row.figures.length > 0);
      for (const { name: figure, spread } of row.figures) assert.ok(Number.isFinite(spread.median), figure);
    });

  it('tell how fast the host was, what it is, and the versions of all tools', () => {
    const { host, versions, cpuFitness } = measured;
    assert.ok(cpuFitness.before > 0 && cpuFitness.after > 0);
    assert.ok(host.cores > 0 && host.cpuModel !== '');
    assert.ok(
      ['vigie', 'node', 'k6', 'chromium', 'lighthouse', 'lhci', 'playwright'].every((tool) => tool in versions),
    );
  });
});
