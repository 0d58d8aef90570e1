import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Run } from '../../core/run.ts';
import type { Audit } from './audit-ledger.ts';
import { type Outcome, shareOut, type Tell } from './outcome.ts';
import { type Random, randomFrom } from './random.ts';
import { readLedger } from './read-ledger.ts';
import { look, openStage, pageCheck, type Stage } from './stage.ts';

export type KillLoop = {
  readonly kills: number;
  readonly seed: number;
  /** Data folders side by side, each with its own monitor. */
  readonly folders: number;
  readonly tell?: Tell;
};

/** One process from its launch to its end. */
type Session = { readonly from: number; readonly until: number };
type Lived = { readonly audit: Audit; readonly problems: readonly string[]; readonly atStart: number };

/** Pages that break in turn: an outage that comes back within the hour again and again would count as one that flaps. */
const FRAGILE = Array.from({ length: 10 }, (_, index) => `fragile-${index}`);
const CHECKS = [
  pageCheck('steady'),
  pageCheck('slow', {}, `catchUp: 'once'`),
  ...FRAGILE.map((id, index) => pageCheck(id, index % 2 === 0 ? {} : { failures: 2, of: 3, recoveries: 2 })),
];
/** How many of them may break at a time. */
const FRAGILE_AT_ONCE = 3;
const SLOW_MS = 300;
/** Longest time that a monitor lives once it is up. */
const LIFE_MS = 2_500;
/** Killed while it starts, as a share of all kills. */
const AT_START = 0.4;

/** Kills real monitors at random instants, of their start too, while target and receiver break and heal; then looks whether anything is lost. */
export async function killLoop({ kills, seed, folders, tell = () => {} }: KillLoop): Promise<Outcome> {
  let done = 0;
  const onKill = (): void => tell(`kill ${++done} of ${kills}`);
  const shares = shareOut(kills, folders);
  const lived = await Promise.all(shares.map((share, index) => liveAndDie(share, randomFrom(seed + index), onKill)));
  const sum = (of: (one: Lived) => number): number => lived.reduce((total, one) => total + of(one), 0);
  return {
    what: `kill -9 at a random instant (seed ${seed})`,
    times: kills,
    problems: lived.flatMap(({ problems, audit }, index) =>
      [...problems, ...audit.problems].map((text) => `folder ${index}: ${text}`),
    ),
    figure: `${sum(({ atStart }) => atStart)} during the start; ${sum(({ audit }) => audit.slots)} slots, ${sum(({ audit }) => audit.runs)} runs, ${sum(({ audit }) => audit.incidents)} incidents, ${sum(({ audit }) => audit.notices)} notices, ${sum(({ audit }) => audit.duplicates)} delivered again`,
  };
}

async function liveAndDie(kills: number, random: Random, onKill: () => void): Promise<Lived> {
  await using stage = await openStage(CHECKS);
  stage.target.delayMs.set('/slow', SLOW_MS);
  const sessions: Session[] = [];
  const acknowledged = new Set<string>();
  const pace = { startMs: 1_500, firstUpAt: undefined as number | undefined, atStart: 0 };
  for (let kill = 0; kill < kills; kill += 1) {
    sessions.push(await liveOnce({ stage, random, pace, acknowledged }, kill / kills));
    onKill();
  }
  const from = Date.now();
  await using last = stage.launch();
  await last.said(/^page +http/m);
  pace.firstUpAt ??= Date.now();
  const audit = await stage.close(last, pace.firstUpAt);
  sessions.push({ from, until: Date.now() });
  return { audit, atStart: pace.atStart, problems: after(stage, sessions, acknowledged) };
}

type Life = { readonly stage: Stage; readonly random: Random; readonly pace: Pace; readonly acknowledged: Set<string> };
type Pace = { startMs: number; firstUpAt: number | undefined; atStart: number };

async function liveOnce({ stage, random, pace, acknowledged }: Life, age: number): Promise<Session> {
  changeTheWorld(stage, random, age);
  const from = Date.now();
  await using daemon = stage.launch();
  if (random.chance(AT_START)) {
    pace.atStart += 1;
    await delay(random.between(0, pace.startMs));
  } else {
    await daemon.said(/^page +http/m);
    pace.startMs = (pace.startMs + (Date.now() - from)) / 2;
    pace.firstUpAt ??= Date.now();
    const lifeMs = random.between(0, LIFE_MS);
    await delay(lifeMs / 2);
    changeTheWorld(stage, random, age);
    await delay(lifeMs / 2);
  }
  note(stage, acknowledged);
  await daemon.kill('SIGKILL');
  return { from, until: Date.now() };
}

/** `age` from 0 to 1 says which pages may break by now. */
function changeTheWorld({ target, receiver }: Stage, random: Random, age: number): void {
  const first = Math.floor(age * FRAGILE.length);
  for (const [index, id] of FRAGILE.entries()) {
    const mayBreak = (index - first + FRAGILE.length) % FRAGILE.length < FRAGILE_AT_ONCE;
    if (mayBreak && random.chance(0.5)) target.broken.add(`/${id}`);
    else target.broken.delete(`/${id}`);
  }
  receiver.mode = random.chance(0.55) ? 'up' : random.chance(0.4) ? 'down' : random.chance(0.6) ? 'busy' : 'hold';
}

const ids = z.array(z.string());

/** What anybody can read is durable: it must be there at the end. */
function note({ dataFolder }: Stage, acknowledged: Set<string>): void {
  if (!existsSync(join(dataFolder, 'vigie.db'))) return;
  const recent = look(dataFolder, (database) => {
    const isMade = database.value(`select count(*) from sqlite_schema where name = 'runs'`) === 1;
    const read = (query: string): readonly string[] => ids.parse(database.values(query));
    return isMade
      ? [
          ...read('select id from runs order by seq desc limit 30'),
          ...read('select id from notices order by seq desc limit 30'),
        ]
      : [];
  });
  for (const id of recent) acknowledged.add(id);
}

function after(stage: Stage, sessions: readonly Session[], acknowledged: ReadonlySet<string>): readonly string[] {
  const ledger = readLedger(stage.dataFolder);
  const there = new Set([...ledger.runs.map(({ run }) => run.id), ...ledger.notices.map(({ id }) => id)].map(String));
  const lost = [...acknowledged].filter((id) => !there.has(id));
  const aside = readdirSync(stage.dataFolder).filter((name) => name.includes('damaged'));
  const bursts = sessions.flatMap((session) =>
    CHECKS.flatMap(({ id }) =>
      burst(
        ledger.runs.map(({ run }) => run),
        id,
        session,
      ),
    ),
  );
  return [
    ...(lost.length === 0
      ? []
      : [`${lost.length} of ${acknowledged.size} records that could be read are gone: ${lost[0]}`]),
    ...(aside.length === 0 ? [] : [`a sound database was moved aside: ${aside}`]),
    ...bursts,
  ];
}

/** A start may catch up with one slot that fell due before it, and then keeps to the pace of the schedule. */
function burst(runs: readonly Run[], check: string, { from, until }: Session): readonly string[] {
  const own = runs.filter(
    (run) => run.check === check && run.slot !== undefined && run.startedAt >= from && run.startedAt <= until,
  );
  const caughtUp = own.filter(({ slot }) => slot !== undefined && slot.dueAt < from).length;
  const most = Math.ceil((until - from) / 1_000) + 2;
  return [
    ...(caughtUp > 1 ? [`${check}: ${caughtUp} runs of a start at ${from} caught up`] : []),
    ...(own.length > most ? [`${check}: ${own.length} runs in ${until - from} ms`] : []),
  ];
}
