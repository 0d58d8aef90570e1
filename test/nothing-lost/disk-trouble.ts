import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Launched, until } from '../e2e/vigie-process.ts';
import type { Outcome } from './outcome.ts';
import { readLedger } from './read-ledger.ts';
import { look, openStage, pageCheck, type Stage } from './stage.ts';

/** A way for a data folder to take no more, and to take it again. */
export type DiskTrouble = {
  readonly what: string;
  /** Before the monitor starts; undone after its end. */
  readonly prepare: (folder: string) => Disposable;
  readonly begin: (folder: string) => void;
  readonly end: (folder: string) => void;
};

const DISK_BYTES = 4_194_304;

/** A file system of 4 MB, filled to its last byte. */
export const SMALL_DISK: DiskTrouble = {
  what: 'a file system of 4 MB that is full',
  prepare(folder) {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', folder]);
    return { [Symbol.dispose]: () => void execFileSync('umount', [folder]) };
  },
  begin: (folder) => fill(join(folder, 'ballast')),
  end: (folder) => rmSync(join(folder, 'ballast')),
};

/** Files that must not be written any more, though they are open for it: as on a disk that the kernel made read-only after an error. */
export const READ_ONLY: DiskTrouble = {
  what: 'a data folder that became read-only',
  prepare: () => ({ [Symbol.dispose]: () => {} }),
  begin: (folder) => chattr('+i', folder),
  end: (folder) => chattr('-i', folder),
};

const CHECKS = [pageCheck('steady'), pageCheck('shaky')];
const MOST_GROWTH_MB = 64;
/** A busy machine may be late with a request, and the ends of the trouble cut a second in two. */
const LEAST_ASKED = 0.6;

/**
 * A monitor whose disk takes nothing for a while, and a target that breaks meanwhile: checks and alarms go on from memory, one alarm
 * tells of the disk, and when it takes records again everything is recorded, by the same process.
 */
export async function outliveDisk({ what, prepare, begin, end }: DiskTrouble): Promise<Outcome> {
  await using stage = await openStage(CHECKS);
  using _disk = prepare(stage.dataFolder);
  await using daemon = stage.launch();
  await daemon.said(/^page +http/m);
  const upAt = Date.now();
  await recordsOfEach(stage, daemon);
  const before = { memory: megabytes(daemon.pid), asked: asked(stage), at: Date.now() };
  begin(stage.dataFolder);
  const during = await liveWithout(stage, daemon, () => end(stage.dataFolder));
  const goneMs = Date.now() - before.at;
  const grown = during.memory - before.memory;
  await arrives(stage, 'recovered', 'vigie.self', daemon);
  const audit = await stage.close(daemon, upAt);
  const self = stage.receiver.posts.filter(({ check }) => check.kind === 'self').map(({ change }) => change);
  const { runs } = readLedger(stage.dataFolder);
  const fromMemory = runs.filter(({ run: { slot } }) => slot && slot.dueAt > before.at && slot.dueAt < during.at);
  const some = (goneMs / 1_000) * LEAST_ASKED * CHECKS.length;
  const blamed = stage.receiver.posts.filter(({ check }) => check.id === 'steady').length;
  return {
    what,
    times: 1,
    problems: [
      ...audit.problems,
      ...(self.join() === 'opened,recovered' ? [] : [`of itself it told [${self}], not once that it began and ended`]),
      ...(during.asked - before.asked >= some ? [] : [`only ${during.asked - before.asked} requests in ${goneMs} ms`]),
      ...(fromMemory.length >= some ? [] : [`only ${fromMemory.length} runs of ${goneMs} ms are recorded`]),
      ...(blamed === 0 ? [] : [`${blamed} notices about a target that was well`]),
      ...(grown <= MOST_GROWTH_MB ? [] : [`memory grew by ${grown} MB`]),
    ],
    figure: `nothing could be written for ${(goneMs / 1_000).toFixed(1)} s; ${fromMemory.length} runs of that time recorded from memory, ${audit.slots} slots in all, memory ${grown} MB more`,
  };
}

/** The disk takes nothing; a target breaks; both are told. Mends the disk whatever comes of it. */
async function liveWithout(stage: Stage, daemon: Launched, mend: () => void) {
  try {
    stage.target.broken.add('/shaky');
    await arrives(stage, 'opened', 'vigie.self', daemon);
    await arrives(stage, 'opened', 'shaky', daemon);
    return { memory: megabytes(daemon.pid), asked: asked(stage), at: Date.now() };
  } finally {
    mend();
  }
}

function arrives({ receiver }: Stage, change: string, id: string, daemon: Launched): Promise<unknown> {
  const isIt = (post: (typeof receiver.posts)[number]): boolean => post.change === change && post.check.id === id;
  return until(`'${change}' of ${id}`, () => receiver.posts.find(isIt), daemon.output);
}

function recordsOfEach({ dataFolder }: Stage, daemon: Launched): Promise<unknown> {
  const count = 'select count(distinct check_no) from slots where run_seq is not null';
  const isEnough = (): boolean => look(dataFolder, (database) => Number(database.value(count))) === CHECKS.length;
  return until('a record of each check', () => isEnough() || undefined, daemon.output);
}

function asked({ target }: Stage): number {
  return [...target.asked.values()].reduce((sum, some) => sum + some, 0);
}

function megabytes(pid: number): number {
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

/** Writes smaller and smaller pieces until not even a byte is taken. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (let size = 65_536; size >= 1; ) {
      try {
        writeSync(descriptor, Buffer.alloc(size));
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function chattr(change: '+i' | '-i', folder: string): void {
  execFileSync('chattr', [change, ...['vigie.db', 'vigie.db-wal'].map((name) => join(folder, name))]);
}

/** Why no open file can be made read-only here, if so. */
export function whyNoReadOnly(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-chattr-'));
  const file = join(folder, 'file');
  const descriptor = openSync(file, 'w');
  try {
    if (spawnSync('chattr', ['+i', file]).status !== 0) return 'needs root and chattr to make open files read-only';
    ftruncateSync(descriptor, 1);
    return `needs a file system where chattr +i holds for open files; ${folder} is on another`;
  } catch {
    // Refused, as it should be.
    return undefined;
  } finally {
    spawnSync('chattr', ['-i', file]);
    closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  }
}
