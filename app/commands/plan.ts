import { LANES } from '../../core/check.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import { formatQuantity } from '../../core/units.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { openTools } from '../adapters/tools.ts';
import { chooseEntries } from '../gate/entries.ts';
import { describeTotal, estimateStages } from '../gate/estimate.ts';
import { sliced } from '../gate/slice.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { GuessServices } from '../plan/guess-duration.ts';
import { type DayPlan, makeDayPlan, type PlannedCheck } from '../plan/make-day-plan.ts';
import type { Terminal } from '../terminal.ts';

const SHOWN_COLLISIONS = 5;

/** `vigie plan`: the next 24 hours, reckoned from the schedules and from how long runs usually take. Sends nothing. */
export async function plan(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const loaded = await loadPlan(options, process.env);
  const services = {
    tools: openTools(process.env),
    secrets: openSecrets({ environment: process.env, folder: loaded.folder }),
    baseFolder: loaded.folder,
  };
  const day = await makeDayPlan(loaded, realClock.now(), services);
  if (terminal.json) terminal.out(JSON.stringify({ schemaVersion: 1, ...day }, null, 2));
  terminal.say(`from ${minute(day.from)} to ${minute(day.to)} UTC`);
  for (const line of table(laneRows(day))) terminal.say(line);
  terminal.say('');
  for (const line of table(checkRows(day.checks))) terminal.say(line);
  terminal.say('');
  showCollisions(day, terminal);
  showWarnings(day, terminal);
  const { perDayBytes, inTheEndBytes } = day.disk;
  terminal.say(
    `disk: ${formatQuantity(perDayBytes, 'bytes')} a day, ${formatQuantity(inTheEndBytes, 'bytes')} once old runs are deleted as fast; failures leave more`,
  );
  terminal.say(await gateLine(loaded, services));
  return EXIT.passed;
}

/** What `vigie gate` would take for everything that has a schedule. */
async function gateLine(plan: Plan, services: GuessServices): Promise<string> {
  const { gate } = plan.settings;
  const { entries: chosen } = chooseEntries({
    candidate: plan,
    base: plan,
    only: [],
    tags: [],
    armed: true,
    sameSides: true,
  });
  const entries = await Promise.all(chosen.map((entry) => sliced(entry, gate.sliceMs, services)));
  const estimates = await estimateStages(entries, plan, { ...services, now: realClock.now() });
  return `a gate of all of these: ${describeTotal(estimates, gate.maxDurationMs)}; \`vigie gate --plan\` says more`;
}

type Row = readonly string[];

function laneRows({ lanes }: DayPlan): readonly Row[] {
  const rows = LANES.map((lane) => {
    const { runs, meanConcurrency, peakConcurrency, width } = lanes[lane];
    const most = peakConcurrency === undefined ? 'too many to say' : String(peakConcurrency);
    return [lane, String(runs), meanConcurrency.toFixed(2), most, String(width)];
  });
  return [['lane', 'runs', 'at once on average', 'at most', 'room for'], ...rows];
}

function checkRows(checks: readonly PlannedCheck[]): readonly Row[] {
  const rows = checks.map((check) => [
    check.check,
    check.lane,
    check.nextDue === undefined
      ? 'on demand'
      : `${check.runs}${check.excluded === 0 ? '' : ` (+${check.excluded} excluded)`}`,
    formatQuantity(check.typicalMs, 'ms'),
    check.basedOn === 'estimate' ? 'an estimate' : `${check.basedOn.runs} ${check.basedOn.runs === 1 ? 'run' : 'runs'}`,
    formatQuantity(check.databaseBytes + check.artefactBytes, 'bytes'),
  ]);
  return [['check', 'lane', 'runs', 'usually takes', 'judging by', 'disk a day'], ...rows];
}

function table(rows: readonly Row[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function showCollisions({ collisions, collisionCount }: DayPlan, { say, paint }: Terminal): void {
  if (collisionCount === 0) {
    say('no run of the exclusive lane will have to wait for another');
    return;
  }
  say(
    paint.warn(
      `${collisionCount} ${collisionCount === 1 ? 'run' : 'runs'} of the exclusive lane will wait for another:`,
    ),
  );
  for (const { at, check, waitsFor, waitMs } of collisions.slice(0, SHOWN_COLLISIONS))
    say(`  ${minute(at)} ${check} waits ${formatQuantity(waitMs, 'ms')} for ${waitsFor}`);
  if (collisionCount > SHOWN_COLLISIONS) say(`  and ${collisionCount - SHOWN_COLLISIONS} more`);
}

function showWarnings({ checks, lanes, historyProblem }: DayPlan, { say, paint }: Terminal): void {
  for (const { check, typicalMs } of checks.filter(({ isOverrunning }) => isOverrunning))
    say(paint.warn(`${check} usually takes ${formatQuantity(typicalMs, 'ms')}, longer than the time to its next slot`));
  for (const lane of LANES.filter((name) => lanes[name].meanConcurrency > lanes[name].width))
    say(paint.warn(`the ${lane} lane has more to do than there is time: slots will be skipped`));
  if (historyProblem !== undefined) say(paint.warn(`judged without history: ${historyProblem}`));
}

/** `2026-11-22 20:26` */
function minute(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}
