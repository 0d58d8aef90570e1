import type { Check } from '../../core/check.ts';
import { parseDuration } from '../../core/duration.ts';
import { ConfigError, EXIT, type ExitCode } from '../../core/errors.ts';
import { type Difference, differencesOf, differencesText, producersOf } from '../../core/producers.ts';
import type { StoreReader } from '../../core/store.ts';
import { formatQuantity } from '../../core/units.ts';
import { type Uptime, uptimeOf } from '../../core/uptime.ts';
import { realClock } from '../adapters/real-clock.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import { selectChecks } from '../select.ts';
import type { Terminal } from '../terminal.ts';
import { NO_HISTORY, withHistory } from '../with-reader.ts';

export type ReportOptions = PlanOptions & { readonly ids: readonly string[]; readonly since: string };

/** `vigie report`: uptime with its unknown part, runs and incidents over a time. */
export async function report(options: ReportOptions, terminal: Terminal): Promise<ExitCode> {
  const span = parseDuration(options.since);
  if (span === undefined || span === 0)
    throw new ConfigError([
      { path: '--since', message: `'${options.since}' is not a duration`, hint: "write '24h' or '7d'" },
    ]);
  const plan = await loadPlan(options, process.env);
  const { checks, problems } = selectChecks(plan.checks, { ids: options.ids, tags: [] });
  const to = realClock.now();
  const from = to - span;
  const recorded = withHistory(plan, (reader) => checks.map((check) => rowOf(check, reader, from, to)));
  const rows = recorded ?? [];
  const all = [...problems, ...(recorded === undefined ? [NO_HISTORY] : [])];
  if (terminal.json) terminal.out(JSON.stringify({ schemaVersion: 1, from, to, checks: rows, problems: all }, null, 2));
  for (const problem of all) terminal.say(terminal.paint.warn(problem));
  if (rows.length > 0) terminal.say(`${new Date(from).toISOString()} to ${new Date(to).toISOString()}`);
  show(rows, terminal);
  // As with `run`: a name that matches nothing is not passed over.
  return all.length > 0 || rows.every((row) => row.uptime.expected === 0) ? EXIT.inconclusive : EXIT.passed;
}

type Row = {
  readonly check: string;
  readonly uptime: Uptime;
  readonly runs: number;
  readonly meanDurationMs?: number;
  readonly incidents: number;
  /** What was not the same for all runs: unlike is not averaged with unlike without saying so. */
  readonly differences: readonly Difference[];
};

function rowOf({ id }: Check, reader: StoreReader, from: number, to: number): Row {
  const uptime = uptimeOf(reader.standings(id, from, to));
  const { good, bad } = uptime.counts;
  // Whole hours: near enough for a mean, and not for a number that stands beside that of the slots.
  const rollUps = reader.rollUps(id, from, to);
  const measured = rollUps.reduce((total, { runs }) => total + runs, 0);
  const spentMs = rollUps.reduce((total, { durationMs }) => total + durationMs.sum, 0);
  return {
    check: id,
    uptime,
    runs: good + bad,
    ...(measured === 0 ? {} : { meanDurationMs: spentMs / measured }),
    incidents: reader.incidents({ check: id, from, limit: 1_000 }).length,
    differences: differencesOf(producersOf(reader, id, from, to)),
  };
}

function show(rows: readonly Row[], terminal: Terminal): void {
  const width = Math.max(0, ...rows.map((row) => row.check.length));
  for (const { check, uptime, runs, meanDurationMs, incidents } of rows) {
    const { good, bad, unknown, excluded } = uptime.counts;
    const up = uptime.ratio === undefined ? 'no uptime' : `uptime ${share(uptime.low)} to ${share(uptime.high)}`;
    terminal.say(
      `${terminal.paint.bold(check.padEnd(width))}  ${up} of ${uptime.expected} expected slots (${good} good, ${bad} bad, ${unknown} not measured; ${excluded} excluded), ${runs} runs${meanDurationMs === undefined ? '' : ` of ${formatQuantity(meanDurationMs, 'ms')} on average`}, ${incidents} incidents`,
    );
  }
  const unlike = rows.filter(({ differences }) => differences.length > 0);
  const text = differencesText(joined(unlike.flatMap(({ differences }) => differences)));
  if (text !== undefined) terminal.say(terminal.paint.warn(`${unlike.length} of ${rows.length} checks: ${text}`));
}

/** After an upgrade every check says the same: one line for all. */
function joined(differences: readonly Difference[]): readonly Difference[] {
  const byName = Map.groupBy(differences, ({ what }) => what);
  return [...byName].map(([what, all]) => ({ what, values: [...new Set(all.flatMap(({ values }) => values))] }));
}

function share(value: number): string {
  return `${(Math.floor(value * 100_000) / 1_000).toFixed(3)} %`;
}
