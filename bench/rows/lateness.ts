import { quantile } from '../../core/statistics.ts';
import { openReader } from '../../results/open-reader.ts';
import { pass } from '../measure/child.ts';
import { single, spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import { makeWorkspace, manyChecks, startDaemon } from '../measure/workspace.ts';
import { CannotMeasure, type Row } from '../row.ts';

const SCALES = {
  full: { checks: 1_000, watchMs: 120_000, leaveOutMs: 20_000 },
  quick: { checks: 1_000, watchMs: 40_000, leaveOutMs: 20_000 },
  smoke: { checks: 20, watchMs: 2_000, leaveOutMs: 0 },
} as const;
const PAGE = 1_000;

/** How long after their slots runs begin, as the daemon itself recorded it; its start, when everything is cold, is told apart. */
export const lateness: Row = {
  name: 'lateness',
  what: 'slot lateness, 1,000 HTTP checks every 10 s',
  limitMs: { full: 240_000, quick: 120_000, smoke: 120_000 },
  async run(context) {
    const { checks, watchMs, leaveOutMs } = SCALES[context.size];
    await using target = await startTarget();
    const every = context.size === 'smoke' ? '1s' : '10s';
    using workspace = makeWorkspace(context, manyChecks({ count: checks, url: target.urls.http, every }));
    const daemon = await startDaemon(context, workspace);
    const startedAt = Date.now();
    try {
      await pass(watchMs, context.signal);
    } finally {
      await daemon.stop();
    }
    const late = readLateness(workspace.dataFolder, startedAt + leaveOutMs);
    const p99 = quantile(late, 0.99);
    if (p99 === undefined) throw new CannotMeasure('no slot was run');
    return [
      {
        name: 'lateness p99',
        unit: 'ms',
        spread: { ...single(p99), samples: late.length },
        ceiling: { comparison: '<=', value: 250 },
      },
      { name: 'lateness', unit: 'ms', spread: spreadOf(late) },
    ];
  },
};

function readLateness(folder: string, from: number): readonly number[] {
  const reader = openReader({ folder });
  try {
    const late: number[] = [];
    let page = reader.runs({ trigger: 'slot', from, limit: PAGE });
    while (page.length > 0) {
      late.push(...page.flatMap(({ id }) => reader.run(id)?.producedBy.latenessMs ?? []));
      const last = page.at(-1);
      page = last === undefined ? [] : reader.runs({ trigger: 'slot', from, before: last.id, limit: PAGE });
    }
    return late;
  } finally {
    reader.close();
  }
}
