import type { Check } from '../../core/check.ts';
import { type CheckState, isExpected, type TellState } from '../../core/check-state.ts';
import type { Instant } from '../../core/clock.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { latestRunOf } from '../../core/latest-run.ts';
import type { RunSummary, StoreReader } from '../../core/store.ts';
import { formatQuantity } from '../../core/units.ts';
import { type Uptime, uptimeOf } from '../../core/uptime.ts';
import { printable } from '../../reporters/printable.ts';
import { stateText } from '../../web/pages/words.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openStates } from '../check-states.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { NO_HISTORY, withHistory } from '../with-reader.ts';

const DAY_MS = 86_400_000;

type Row = {
  readonly check: string;
  readonly name: string;
  readonly kind: string;
  readonly state: CheckState;
  readonly latest?: RunSummary;
  readonly uptime24h: Uptime;
};

/** `vigie status`: the latest run and today's uptime of every check. Exit 1 when one is failing, 2 when one is not measured or never was; those paused or in maintenance do not count. */
export async function status(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = await loadPlan(options, process.env);
  const now = realClock.now();
  const recorded = withHistory(plan, (reader) => {
    const tellState = openStates(reader, realClock)();
    return plan.checks
      .filter((check) => check.schedule.type !== 'manual' || reader.latestRuns(check.id, 1).length > 0)
      .map((check) => rowOf(check, tellState, reader, now));
  });
  const rows = recorded ?? [];
  if (terminal.json) terminal.out(JSON.stringify({ schemaVersion: 1, at: now, checks: rows }, null, 2));
  if (recorded === undefined) terminal.say(terminal.paint.warn(NO_HISTORY));
  const width = Math.max(0, ...rows.map((row) => row.check.length));
  for (const row of rows) terminal.say(lineOf(row, width, now, terminal));
  const watched = rows.map((row) => row.state).filter(isExpected);
  if (watched.some(({ name }) => name === 'failed')) return EXIT.failed;
  return watched.length > 0 && watched.every(({ name }) => name === 'passed' || name === 'degraded')
    ? EXIT.passed
    : EXIT.inconclusive;
}

function rowOf(check: Check, tellState: TellState, reader: StoreReader, now: Instant): Row {
  const { id, name, kind } = check;
  const latest = latestRunOf(reader, id, now);
  return {
    check: id,
    name,
    kind,
    state: tellState(check, latest),
    ...(latest === undefined ? {} : { latest }),
    uptime24h: uptimeOf(reader.standings(id, now - DAY_MS, now)),
  };
}

function lineOf({ check, latest, state, uptime24h }: Row, width: number, now: Instant, { paint }: Terminal): string {
  const colour = state.name === 'passed' ? paint.good : state.name === 'failed' ? paint.bad : paint.warn;
  const when =
    latest === undefined
      ? 'no run yet'
      : `${formatQuantity(now - latest.startedAt, 'ms')} ago, ${formatQuantity(latest.durationMs, 'ms')}`;
  const { ratio, low, high, expected } = uptime24h;
  const uptime = ratio === undefined ? '' : `, up ${percent(low)}–${percent(high)} of ${expected} slots today`;
  const text = latest === undefined ? '' : stateText(state);
  const why = text === '' ? '' : `\n${' '.repeat(13)}${printable(text)}`;
  return `${colour(state.name.padEnd(12))} ${check.padEnd(width)}  ${paint.dim(`${when}${uptime}`)}${why}`;
}

function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
