import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SILENT_LOG } from '../../core/log.ts';
import { EMPTY_OBSERVATION } from '../../core/observation.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { openReader } from '../../results/open-reader.ts';
import { openRecording } from './recording.ts';
import { makePlan, makeRun, PASSED } from './testing/runs.ts';

let folder: string;
let plan: Plan;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-recording-'));
  plan = makePlan([], folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function manualRun(number: number): Run {
  const { slot: _slot, ...run } = makeRun(number, PASSED);
  const { startedAt } = run;
  const attempt = { number: 1, purpose: 'first', startedAt, durationMs: 1, verdict: PASSED } as const;
  return { ...run, trigger: 'manual', attempts: [{ ...attempt, observation: EMPTY_OBSERVATION }] };
}

function recorded(): readonly string[] {
  const reader = openReader({ folder });
  try {
    return reader.runs({ limit: 10 }).map(({ id }) => id);
  } finally {
    reader.close();
  }
}

describe('a command that records', () => {
  it('hands its runs to another command that holds the data folder', async () => {
    const first = await openRecording(plan, SILENT_LOG);
    const second = await openRecording(plan, SILENT_LOG);
    assert.deepEqual([first.to, second.to], ['store', 'holder']);
    await first.record(manualRun(1));
    await second.record(manualRun(2));
    await second.close();
    await first.close();
    assert.deepEqual(recorded(), [manualRun(2).id, manualRun(1).id]);
  });
  it('becomes the writer itself when that other one has ended meanwhile', async () => {
    const first = await openRecording(plan, SILENT_LOG);
    const second = await openRecording(plan, SILENT_LOG);
    await first.close();
    await second.record(manualRun(1));
    assert.deepEqual(recorded(), [manualRun(1).id]);
    const third = await openRecording(plan, SILENT_LOG);
    assert.equal(third.to, 'store');
    await third.close();
  });
});
