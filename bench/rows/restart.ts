import { pass } from '../measure/child.ts';
import { writeHistory } from '../measure/history.ts';
import { single, spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import type { Workspace } from '../measure/workspace.ts';
import { makeWorkspace, manyChecks, startDaemon } from '../measure/workspace.ts';
import type { Row, RowContext } from '../row.ts';

const DAY_MS = 86_400_000;
/** A week in which each check ran this often; the more the longer it takes to write. */
const SCALES = {
  full: { checks: 1_000, runsEach: 336, restarts: 5 },
  quick: { checks: 1_000, runsEach: 42, restarts: 3 },
  smoke: { checks: 20, runsEach: 5, restarts: 1 },
} as const;
const POLL_MS = 5;

/** From the start of the process until the target is asked for the first time. */
export const restart: Row = {
  name: 'restart',
  what: 'restart to first check with 1,000 checks and a week of history',
  limitMs: { full: 900_000, quick: 240_000, smoke: 120_000 },
  async run(context) {
    const { checks, runsEach, restarts } = SCALES[context.size];
    const everyMs = (7 * DAY_MS) / runsEach;
    const samples: number[] = [];
    using workspace = makeWorkspace(context, '{}');
    const { signal } = context;
    context.say(`writing ${checks * runsEach} runs`);
    // The last of them is recent, as after a restart: a gap of days would be another thing to measure.
    await writeHistory({ folder: workspace.dataFolder, checks, runsEach, everyMs, until: Date.now(), signal });
    for (let count = 0; count < restarts; count += 1) samples.push(await firstCheckMs(context, workspace, checks));
    return [
      {
        name: 'restart to first check',
        unit: 'ms',
        spread: spreadOf(samples),
        ceiling: { comparison: '<=', value: 2_000 },
      },
      { name: 'runs in the history', unit: 'count', spread: single(checks * runsEach) },
    ];
  },
};

async function firstCheckMs(context: RowContext, workspace: Workspace, checks: number): Promise<number> {
  await using target = await startTarget();
  workspace.config(manyChecks({ count: checks, url: target.urls.http, every: '10s' }));
  const startedAt = Date.now();
  await using _daemon = await startDaemon(context, workspace);
  for (;;) {
    const { firstAskedAt } = await target.asked();
    if (firstAskedAt !== undefined) return firstAskedAt - startedAt;
    await pass(POLL_MS, context.signal);
  }
}
