import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../e2e/vigie-process.ts';
import type { Outcome } from './outcome.ts';
import { readLedger } from './read-ledger.ts';
import { openStage, pageCheck } from './stage.ts';

const CHECKS = [
  pageCheck('steady'),
  pageCheck('slow', {}, `catchUp: 'once'`),
  pageCheck('quick', {}, `overlap: 'allow'`),
];
const SLOW_MS = 700;

/** Stops a monitor for a while as `kill -STOP` or a sleeping machine does: the time is missed, not made up for, and not blamed on the target. */
export async function freeze(forMs: number): Promise<Outcome> {
  await using stage = await openStage(CHECKS);
  stage.target.delayMs.set('/slow', SLOW_MS);
  await using daemon = stage.launch();
  await daemon.said(/^page +http/m);
  const upAt = Date.now();
  const count = (path: string): number => stage.target.asked.get(path) ?? 0;
  const goesOn = async (): Promise<void> => {
    const before = new Map(CHECKS.map(({ path }) => [path, count(path)]));
    await until(
      'further requests of each check',
      () => CHECKS.every(({ path }) => count(path) >= (before.get(path) ?? 0) + 2) || undefined,
      daemon.output,
    );
  };
  await goesOn();
  process.kill(daemon.pid, 'SIGSTOP');
  const from = Date.now();
  await delay(forMs);
  const to = Date.now();
  process.kill(daemon.pid, 'SIGCONT');
  await goesOn();
  const audit = await stage.close(daemon, upAt);
  const { runs, slots } = readLedger(stage.dataFolder);
  // A slot that fell due just before the stop, or just before its end, may rightly run.
  const within = (dueAt: number): boolean => dueAt > from + EDGE_MS && dueAt < to - EDGE_MS;
  const problems = CHECKS.flatMap(({ id }) => {
    const ran = runs.filter(({ run }) => run.check === id && run.slot !== undefined && within(run.slot.dueAt)).length;
    const missed = slots.filter(({ check, dueAt, runSeq }) => check === id && within(dueAt) && runSeq === null).length;
    return [
      ...(ran > 1 ? [`${id}: ${ran} slots of the time it was stopped ran afterwards`] : []),
      ...(missed > 0 ? [] : [`${id}: no slot of the time it was stopped is recorded as missed`]),
    ];
  });
  if (audit.incidents > 0) problems.push(`${audit.incidents} incidents of a target that was well`);
  return {
    what: `SIGSTOP for ${Math.round(forMs / 1_000)} s, then SIGCONT`,
    times: 1,
    problems: [...audit.problems, ...problems],
    figure: `${audit.slots} slots, ${audit.runs} runs, ${audit.incidents} incidents`,
  };
}

const EDGE_MS = 1_500;
