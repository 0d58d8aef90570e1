// suite: quiet

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locateK6 } from '../process/locate-tools.ts';
import { ROWS } from './rows.ts';
import { runRows } from './run-rows.ts';

const k6 = await locateK6();
const NEEDS_K6 = ['load', 'phases'];
const NO_PROC =
  process.platform === 'linux' ? false : 'CPU and memory of processes are read from /proc, which only Linux has';
const READS_PROC = ['check-cost', 'memory', 'journey-cold'];

/** Tiny, and from the sources: whether each row runs and yields numbers, never how large they are. */
describe('the benchmarks', () => {
  for (const { name } of ROWS) {
    const noK6 =
      NEEDS_K6.includes(name) && !k6.found ? `no k6 (${k6.looked.join('; ')}); to mend it: ${k6.mend}` : false;
    const skip = noK6 || (READS_PROC.includes(name) && NO_PROC);
    it(`measure ${name}`, { timeout: 120_000, skip }, async (test) => {
      const only = { only: [name], size: 'smoke', fromSource: true } as const;
      const { rows, host, versions, cpuFitness } = await runRows(only, test.signal, () => {});
      const [row] = rows;
      assert.equal(row?.problem, undefined);
      assert.ok(row && row.figures.length > 0);
      for (const { name: figure, spread } of row.figures) assert.ok(Number.isFinite(spread.median), figure);
      assert.ok(cpuFitness.before > 0 && cpuFitness.after > 0);
      assert.ok(host.cores > 0 && host.cpuModel !== '');
      assert.ok(
        ['vigie', 'node', 'k6', 'chromium', 'lighthouse', 'lhci', 'playwright'].every((tool) => tool in versions),
      );
    });
  }
});
