import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Launched, until } from '../e2e/vigie-process.ts';
import type { Outcome } from './outcome.ts';
import { readLedger } from './read-ledger.ts';
import { openStage, pageCheck, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
const CHECKS = [pageCheck('steady'), pageCheck('shaky'), pageCheck('slow', {}, `catchUp: 'once'`)];
const SLOW_MS = 900;
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'fixtures', 'shift-date.mjs')).href;
/** A step of an hour must not silence a check for longer than a busy machine needs to begin anew. */
const MOST_SILENCE_MS = 30_000;
const LONGEST_ATTEMPT_MS = 15_000;

type Jump = { readonly what: string; readonly shiftMs: () => number; readonly isBelieved: boolean };
export const JUMPS: readonly Jump[] = [
  { what: 'clock +1 h', shiftMs: () => HOUR_MS, isBelieved: true },
  { what: 'clock -1 h', shiftMs: () => -HOUR_MS, isBelieved: true },
  { what: 'clock to 1970', shiftMs: () => -Date.now(), isBelieved: false },
  { what: 'clock to 2038', shiftMs: () => Date.UTC(2038, 0, 19, 3, 14, 8) - Date.now(), isBelieved: false },
];

/** Sets the clock of a real monitor in the middle of its work and of an outage, stops and starts it by that clock, and looks what came of it. */
export async function liveThroughJump({ what, shiftMs, isBelieved }: Jump): Promise<Outcome> {
  await using stage = await openStage(CHECKS);
  stage.target.delayMs.set('/slow', SLOW_MS);
  const clock = clockOf(stage);
  await using first = stage.launch([], clock.env);
  await first.said(/^page +http/m);
  const upAt = Date.now();
  stage.target.broken.add('/shaky');
  await arrives(stage, 'opened', 'shaky', first);
  await asked(stage, 1, first);

  const shift = shiftMs();
  clock.set(shift);
  const problems: string[] = [];
  const silence = isBelieved ? await silenceMs(stage, first) : await staysQuiet(stage, first, problems);
  await first.kill('SIGTERM');
  await using second = stage.launch([], clock.env);
  await second.said(/^page +http/m);
  if (!isBelieved) {
    await staysQuiet(stage, second, problems);
    clock.set(0);
    await arrives(stage, 'recovered', 'vigie.self', second);
  }
  await asked(stage, 2, second);
  const audit = await stage.close(second, upAt, isBelieved ? shift : 0);
  if (silence > MOST_SILENCE_MS) problems.push(`a check was silent for ${Math.round(silence)} ms`);
  return {
    what,
    times: 1,
    problems: [...problems, ...audit.problems, ...afterwards(stage)],
    figure: `${isBelieved ? `checks went on after ${Math.round(silence)} ms` : 'nothing planned until it was right, one alarm about it at each start'}; ${audit.slots} slots, ${audit.runs} runs, ${audit.incidents} incident`,
  };
}

function clockOf({ workspace }: Stage): { readonly env: Readonly<Record<string, string>>; set(shiftMs: number): void } {
  const file = join(workspace.folder, 'clock');
  const set = (shiftMs: number): void => writeFileSync(file, String(Math.round(shiftMs)));
  set(0);
  return { env: { NODE_OPTIONS: `--import=${PRELOAD}`, TEST_CLOCK_FILE: file }, set };
}

function arrives({ receiver }: Stage, change: string, check: string, daemon: Launched): Promise<unknown> {
  return until(
    `'${change}' of ${check}`,
    () => receiver.posts.find((post) => post.change === change && post.check.id === check),
    daemon.output,
  );
}

/** Waits until every check asked the target so often again. */
async function asked({ target, checks }: Stage, times: number, daemon: Launched): Promise<void> {
  const before = new Map(checks.map(({ path }) => [path, target.asked.get(path) ?? 0]));
  const isAsked = (path: string): boolean => (target.asked.get(path) ?? 0) >= (before.get(path) ?? 0) + times;
  await until(
    `${times} further requests of each check`,
    () => checks.every(({ path }) => isAsked(path)) || undefined,
    daemon.output,
  );
}

/** How long it takes until every check asked twice. */
async function silenceMs(stage: Stage, daemon: Launched): Promise<number> {
  const began = performance.now();
  await asked(stage, 2, daemon);
  return performance.now() - began;
}

const QUIET_MS = 3_000;

/** By a clock that cannot be right nothing may be planned, and somebody must be told. */
async function staysQuiet(stage: Stage, daemon: Launched, problems: string[]): Promise<number> {
  const { receiver, target } = stage;
  const isAlarm = ({ change, check, summary }: (typeof receiver.posts)[number]): boolean =>
    change === 'opened' && check.kind === 'self' && /clock/.test(summary);
  const known = receiver.posts.filter(isAlarm).length;
  await until(
    'an alarm about the clock',
    () => receiver.posts.filter(isAlarm).length > known || undefined,
    daemon.output,
  );
  const count = (): number => [...target.asked.values()].reduce((sum, some) => sum + some, 0);
  const before = count();
  await delay(QUIET_MS);
  if (count() !== before) problems.push(`${count() - before} requests by a clock that cannot be right`);
  if (receiver.posts.filter(isAlarm).length > known + 1) problems.push('more than one alarm about the clock');
  return 0;
}

/** Nothing that the clock did may be blamed on the target, and time measured is not time of the wall. */
function afterwards({ dataFolder }: Stage): readonly string[] {
  const { incidents, runs } = readLedger(dataFolder);
  const wrong = incidents.filter(({ check }) => check !== 'shaky');
  const long = runs.filter(({ run }) =>
    run.attempts.some(({ durationMs }) => durationMs > LONGEST_ATTEMPT_MS || durationMs < 0),
  );
  return [
    ...wrong.map(({ check, track }) => `an incident of ${check} (${track}) that only the clock made`),
    ...long.map(
      ({ run }) => `run ${run.id} is said to have taken ${run.attempts.map(({ durationMs }) => durationMs)} ms`,
    ),
  ];
}
