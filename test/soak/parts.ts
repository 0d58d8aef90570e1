import { soakGates } from '../gate/soak-gates.ts';
import { JUMPS, liveThroughJump } from '../nothing-lost/clocks.ts';
import { DAMAGES, flipBits, killInOutage, surviveDamage } from '../nothing-lost/damages.ts';
import { outliveDisk, READ_ONLY, whyNoReadOnly } from '../nothing-lost/disk-trouble.ts';
import { failPoints } from '../nothing-lost/fail-points.ts';
import { FAULTS, missingStrace, sweepFailures } from '../nothing-lost/failing-disk.ts';
import { freeze } from '../nothing-lost/frozen.ts';
import { killLoop } from '../nothing-lost/kill-loop.ts';
import { KILLED_AT, killMigrations } from '../nothing-lost/killed-migration.ts';
import { measureLeftovers, type Series } from '../nothing-lost/leftovers.ts';
import { killInTheMiddleOf } from '../nothing-lost/orphans.ts';
import type { Outcome, Tell } from '../nothing-lost/outcome.ts';
import { noMounts, onOwnMounts } from '../nothing-lost/own-mounts.ts';
import { AUDITS, CRASHES, HUNG_LOADS, JOURNEYS, LOADS, PROBES } from '../nothing-lost/series.ts';

export type PartInput = {
  /** 1 is the full size; every count is at least 1. */
  readonly scale: number;
  readonly seed: number;
  readonly tell: Tell;
};

/** A part of the soak: what it is for, and a run of it that ends by itself. */
export type Part = {
  readonly name: string;
  readonly what: string;
  run(input: PartInput): Promise<readonly Outcome[]>;
};

/** The most that is done side by side; more would only measure how slow the machine can get. */
const FOLDERS = 4;

export const PARTS: readonly Part[] = [
  {
    name: 'kill',
    what: 'kill -9 at random instants, checks at 1 s',
    run: async ({ scale, seed, tell }) => [
      await killLoop({ kills: sized(1_000, scale), seed, folders: FOLDERS, tell }),
    ],
  },
  {
    name: 'fail-points',
    what: 'kill -9 between commit and send, and between send and mark',
    run: ({ scale, tell }) => failPoints({ times: sized(100, scale), folders: FOLDERS, tell }),
  },
  {
    name: 'clocks',
    what: 'the clock of a running monitor is set',
    run: ({ tell }) => oneByOne(JUMPS, liveThroughJump, tell),
  },
  {
    name: 'frozen',
    what: 'SIGSTOP, then SIGCONT',
    run: async ({ scale }) => [await freeze(Math.max(10_000, sized(90_000, scale)))],
  },
  {
    name: 'damage',
    what: 'a database damaged during an outage, and single bits flipped',
    run: async ({ scale, seed, tell }) => {
      await using killed = await killInOutage();
      return [
        ...(await oneByOne(DAMAGES, (damage) => surviveDamage(damage, killed), tell)),
        await flipBits(sized(500, scale), seed, tell),
      ];
    },
  },
  {
    name: 'disk',
    what: 'EIO and ENOSPC at the n-th write or fsync, for every n',
    run: async ({ scale, tell }) => {
      // What was not done proves nothing, and must not look as if it did.
      if (missingStrace !== undefined) throw new Error(missingStrace);
      return oneByOne(FAULTS, (one) => sweepFailures(one, Math.max(1, Math.round(1 / scale)), tell), tell);
    },
  },
  {
    name: 'full-disk',
    what: 'a real file system that is full or read-only',
    run: async () => {
      const missing = noMounts ?? whyNoReadOnly();
      if (missing !== undefined) throw new Error(missing);
      return [await onOwnMounts('full'), await outliveDisk(READ_ONLY), await onOwnMounts('read-only start')];
    },
  },
  {
    name: 'migration',
    what: 'kill -9 in a migration, at the n-th write, fsync and change of a name, for every n',
    run: ({ scale, tell }) => {
      if (missingStrace !== undefined) throw new Error(missingStrace);
      const stride = Math.max(1, Math.round(1 / scale));
      return killMigrations(new Map(KILLED_AT.map((calls) => [calls, stride])), tell);
    },
  },
  series('probes', PROBES, 1_000),
  series('journeys', JOURNEYS, 1_000),
  series('crashes', CRASHES, 20),
  series('loads', LOADS, 200),
  series('hung-loads', HUNG_LOADS, 20),
  series('audits', AUDITS, 50),
  {
    name: 'gates',
    what: 'releases with and without a regression, gated',
    run: ({ scale, tell }) => soakGates(sized(10, scale), tell),
  },
  {
    name: 'orphans',
    what: 'kill -9 in the middle of a journey and of a k6 run',
    run: async ({ tell }) => {
      const journey = await killInTheMiddleOf('a journey');
      tell('the journey is done');
      return [journey, await killInTheMiddleOf('a k6 run')];
    },
  },
];

/** Many runs of one sort in one monitor, and what they leave behind. */
function series(name: string, one: Series, runs: number): Part {
  return {
    name,
    what: `nothing left behind by ${one.what}`,
    run: async ({ scale, tell }) => [await measureLeftovers(one, sized(runs, scale), tell)],
  };
}

async function oneByOne<T extends { readonly what: string }>(
  all: readonly T[],
  live: (one: T) => Promise<Outcome>,
  tell: Tell,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of all) {
    tell(one.what);
    outcomes.push(await live(one));
  }
  return outcomes;
}

function sized(full: number, scale: number): number {
  return Math.max(1, Math.round(full * scale));
}
