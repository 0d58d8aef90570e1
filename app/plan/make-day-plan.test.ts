import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { HOUR, INCONCLUSIVE, lightObservation, START, sampleRun } from '../../results/fixtures/sample-records.ts';
import { openStore } from '../../results/open-store.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { KINDS } from '../kinds.ts';
import type { GuessServices } from './guess-duration.ts';
import { makeDayPlan } from './make-day-plan.ts';

const CONFIG = `import { auditCheck, defineConfig, httpCheck, loadCheck } from 'vigie';
export default defineConfig({
  target: { name: 'app', url: 'http://127.0.0.1:1' },
  checks: [
    httpCheck('home', { every: '10s' }),
    auditCheck('audit', { every: '6h', pages: ['/', '/b'], runs: 3 }),
    loadCheck('load', { manual: true, script: 'load.ts' }),
  ],
});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-plan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function planOf(): Promise<Plan> {
  writeFileSync(join(folder, 'vigie.config.ts'), CONFIG);
  const dependencies = {
    kinds: KINDS,
    fileExists: () => true,
    isAddressRule: () => true,
    cronProblem: () => undefined,
    spreadOffset: () => 0,
  };
  return loadConfig({ folder, overrides: { targets: [] }, dependencies });
}

/** A machine without k6: then even a load script's time is estimated. */
function services(): GuessServices {
  return {
    tools: { find: async () => ({ found: false, looked: ['nowhere'], mend: 'install it' }) },
    secrets: openSecrets({ environment: {}, folder }),
    baseFolder: folder,
  };
}

async function record(plan: Plan, runs: readonly Run[]): Promise<void> {
  const store = await openStore({ folder: plan.settings.dataFolder, log: SILENT_LOG, clock: { now: () => START } });
  for (const run of runs) await store.commit({ run });
  await store.close();
}

function lasting(run: Run, durationMs: number): Run {
  return { ...run, attempts: run.attempts.map((attempt) => ({ ...attempt, durationMs })) };
}

describe('makeDayPlan', () => {
  it('estimates when nothing has run yet', async () => {
    const { checks, lanes, disk, historyProblem } = await makeDayPlan(await planOf(), START, services());
    assert.deepEqual(
      checks.map(({ check, runs, typicalMs, basedOn }) => [check, runs, typicalMs, basedOn]),
      [
        ['home', 8_640, 150, 'estimate'],
        // Two pages on two devices, three times each.
        ['audit', 4, 12 * 12_000, 'estimate'],
        ['load', 0, 60_000, 'estimate'],
      ],
    );
    assert.equal(lanes.exclusive.runs, 4);
    assert.equal(disk.databaseBytes, 8_640 * 300 + 4 * 4_300);
    assert.equal(disk.perDayBytes, disk.databaseBytes + 4 * 12 * 400_000);
    assert.equal(disk.inTheEndBytes, disk.databaseBytes * 7 + 4 * 12 * 400_000 * 30);
    assert.equal(historyProblem, undefined);
  });

  it('judges by the scheduled runs of the last days, their time and the files they left', async () => {
    const plan = await planOf();
    const file = { kind: 'console', file: 'console.txt', mediaType: 'text/plain', sizeBytes: 3_000 } as const;
    const withFile = { ...lightObservation(1), artefacts: [file] };
    await record(plan, [
      lasting(sampleRun({ dueAt: START - 3 * HOUR, observation: withFile }), 400),
      lasting(sampleRun({ dueAt: START - 2 * HOUR }), 500),
      lasting(sampleRun({ dueAt: START - HOUR }), 900),
      // No slot: by hand, and not in the roll-ups.
      lasting(sampleRun({ dueAt: START - HOUR, trigger: 'manual' }), 90_000),
    ]);
    const [home] = (await makeDayPlan(plan, START, services())).checks;
    assert.equal(home?.typicalMs, 600);
    assert.deepEqual(home?.basedOn, { runs: 3 });
    assert.equal(home?.busyMs, 8_640 * 600);
    assert.equal(home?.artefactBytes, 8_640 * (3_000 / 4));
  });

  it('judges by runs by hand that measured, as long as there are no others', async () => {
    const plan = await planOf();
    await record(plan, [
      lasting(sampleRun({ dueAt: START - 2 * HOUR, trigger: 'manual' }), 700),
      lasting(sampleRun({ dueAt: START - HOUR, trigger: 'manual', verdict: INCONCLUSIVE }), 30_000),
    ]);
    const [home] = (await makeDayPlan(plan, START, services())).checks;
    assert.deepEqual([home?.typicalMs, home?.basedOn], [700, { runs: 1 }]);
  });

  it('plans without history when the store cannot be read, and says so', async () => {
    const plan = await planOf();
    mkdirSync(plan.settings.dataFolder);
    writeFileSync(
      join(plan.settings.dataFolder, 'vigie.db'),
      'this is no database, whatever its name may say'.repeat(99),
    );
    const { checks, historyProblem } = await makeDayPlan(plan, START, services());
    assert.equal(checks[0]?.basedOn, 'estimate');
    assert.match(historyProblem ?? '', /vigie\.db|database/);
  });
});
