import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT_LOG } from '../../core/log.ts';
import { Sqlite } from '../../process/sqlite.ts';
import {
  FAILED,
  MINUTE,
  openTrack,
  START,
  sampleIncident,
  sampleNotice,
  sampleRun,
} from '../../results/fixtures/sample-records.ts';
import { openStore } from '../../results/open-store.ts';
import { type Launched, until } from '../e2e/vigie-process.ts';
import type { Outcome, Tell } from './outcome.ts';
import { type Random, randomFrom } from './random.ts';
import type { Posted } from './receiver.ts';
import { openStage, pageCheck, type Stage } from './stage.ts';

type Damage = { readonly what: string; readonly inflict: (file: string) => void; readonly isSeen: boolean };

const PAGE = 4_096;
const SIDE_FILES = ['-wal', '-shm'];

/** Each as a crash of disk or operator leaves it: to a database whose monitor was killed. */
export const DAMAGES: readonly Damage[] = [
  { what: 'cut to nothing', inflict: (file) => withoutLog(file, () => truncateSync(file, 0)), isSeen: true },
  {
    what: 'cut in the middle',
    inflict: (file) => withoutLog(file, () => truncateSync(file, Math.floor(statSync(file).size / 2 / PAGE) * PAGE)),
    isSeen: true,
  },
  {
    what: 'a page of zeroes',
    inflict: (file) => withoutLog(file, () => overwrite(file, 2 * PAGE, Buffer.alloc(PAGE))),
    isSeen: true,
  },
  { what: 'one bit of the header flipped', inflict: (file) => withoutLog(file, () => flip(file, 3, 4)), isSeen: true },
  {
    what: 'a file of text',
    inflict: (file) => withoutLog(file, () => writeFileSync(file, 'no database\n'.repeat(1_000))),
    isSeen: true,
  },
  // What was only in the log is lost, and nothing tells that it was there.
  {
    what: 'its write-ahead log gone',
    inflict: (file) => void SIDE_FILES.forEach((part) => void rmSync(file + part, { force: true })),
    isSeen: false,
  },
];

const CHECKS = [pageCheck('page'), pageCheck('other')];

/** The data folder of a monitor that was killed during an outage, and what it had told by then. */
export type Killed = AsyncDisposable & { readonly folder: string; readonly told: readonly Posted[] };

export async function killInOutage(): Promise<Killed> {
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await openStage(CHECKS));
  const daemon = stack.use(stage.launch());
  await daemon.said(/^page +http/m);
  stage.target.broken.add('/page');
  await arrives(stage, 'opened', 'page', daemon);
  await daemon.kill('SIGKILL');
  const opened = stack.move();
  return {
    folder: stage.dataFolder,
    told: stage.receiver.posts,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Damages a copy of the database of the killed monitor; the next start goes on, says so, and the outage still has its alarm and its end. */
export async function surviveDamage({ what, inflict, isSeen }: Damage, { folder, told }: Killed): Promise<Outcome> {
  await using stage = await openStage(CHECKS, '', told);
  await cp(folder, stage.dataFolder, { recursive: true });
  inflict(join(stage.dataFolder, 'vigie.db'));
  stage.target.broken.add('/page');
  const from = told.length;
  await using second = stage.launch();
  await second.said(/^page +http/m);
  const upAt = Date.now();
  const asked = stage.target.asked.get('/page') ?? 0;
  await until('checks to go on', () => (stage.target.asked.get('/page') ?? 0) > asked + 1 || undefined, second.output);
  if (isSeen) await arrives(stage, 'opened', 'vigie.self', second, from);
  stage.target.broken.clear();
  await arrives(stage, 'recovered', 'page', second, from);
  const audit = await stage.close(second, upAt);
  const aside = readdirSync(stage.dataFolder).filter((name) => name.includes('damaged'));
  const openings = stage.receiver.posts
    .slice(from)
    .filter(({ change, check }) => change === 'opened' && check.id === 'page');
  const ownKeys = new Set(stage.receiver.posts.slice(0, from).map(({ key }) => key));
  // What arrived before the damage is in the file that was moved aside.
  const problems = audit.problems.filter((problem) => ![...ownKeys].some((key) => problem.includes(key)));
  return {
    what: `database: ${what}`,
    times: 1,
    problems: [
      ...problems,
      ...(aside.length > 0 === isSeen
        ? []
        : [isSeen ? 'it was not moved aside' : `moved aside although nothing can be seen: ${aside}`]),
      ...(openings.length <= 1 ? [] : [`the outage was opened ${openings.length} times after the restart`]),
    ],
    figure: `${isSeen ? `moved aside (${aside.length} files), told` : 'taken up as it was'}; checks went on, the outage was told again and its end, too`,
  };
}

function arrives({ receiver }: Stage, change: string, check: string, daemon: Launched, from = 0): Promise<unknown> {
  const isIt = (post: (typeof receiver.posts)[number]): boolean => post.change === change && post.check.id === check;
  return until(`'${change}' of ${check}`, () => receiver.posts.slice(from).find(isIt), daemon.output);
}

const BITS_RUNS = 60;

/** Flips one bit anywhere in a database, again and again: it opens, takes a record and closes whole, whether or not the damage can be seen. */
export async function flipBits(times: number, seed: number, tell: Tell = () => {}): Promise<Outcome> {
  const original = await mkdtemp(join(tmpdir(), 'vigie-bits-'));
  const random = randomFrom(seed);
  const problems: string[] = [];
  let aside = 0;
  try {
    await fill(original);
    for (let time = 0; time < times; time += 1) {
      tell(`bit ${time + 1} of ${times}`);
      const ending = await flipOne(original, random);
      if (ending.isAside) aside += 1;
      problems.push(...ending.problems);
    }
  } finally {
    await rm(original, { recursive: true, force: true });
  }
  return {
    what: `database: one bit flipped anywhere (seed ${seed})`,
    times,
    problems,
    figure: `${aside} moved aside, ${times - aside} went on with what could be read`,
  };
}

/** A database with everything in it that a start reads. */
async function fill(folder: string): Promise<void> {
  const store = await openStore({ folder, log: SILENT_LOG, clock: { now: () => Date.now() } });
  for (let minute = 0; minute < BITS_RUNS; minute += 1) {
    const run = sampleRun({ dueAt: START + minute * MINUTE, verdict: FAILED });
    const incident = sampleIncident(run);
    const cursor = { check: run.check, location: 'local', watchedSince: START, lowWater: START + minute * MINUTE };
    await store.commit({
      run,
      cursors: [cursor],
      ...(minute === 0
        ? { incidents: [incident], tracks: [openTrack(incident)], notices: [sampleNotice(incident, 'opened')] }
        : {}),
    });
  }
  await store.close();
}

async function flipOne(
  original: string,
  random: Random,
): Promise<{ readonly isAside: boolean; readonly problems: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-bit-'));
  try {
    await cp(original, folder, { recursive: true });
    const file = join(folder, 'vigie.db');
    const [at, bit] = [Math.floor(random.between(0, statSync(file).size)), Math.floor(random.between(0, 8))];
    flip(file, at, bit);
    const where = `bit ${bit} of byte ${at}`;
    try {
      const store = await openStore({ folder, log: SILENT_LOG, clock: { now: () => Date.now() } });
      await store.resume();
      await store.commit({ run: sampleRun({ dueAt: START + 10_000 * MINUTE }) });
      await store.dueNotices(Date.now(), 10);
      await store.close();
      return { isAside: store.recovered !== undefined, problems: [] };
    } catch (error) {
      return { isAside: false, problems: [`${where}: ${error instanceof Error ? error.message : String(error)}`] };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folds the write-ahead log back first, so that the damage is not hidden by newer pages in it. */
function withoutLog(file: string, inflict: () => void): void {
  const database = new Sqlite(file);
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
  for (const part of SIDE_FILES) if (existsSync(file + part)) rmSync(file + part);
  inflict();
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

function flip(file: string, at: number, bit: number): void {
  const byte = Buffer.alloc(1);
  const handle = openSync(file, 'r');
  readSync(handle, byte, 0, 1, at);
  closeSync(handle);
  byte.writeUInt8(byte.readUInt8(0) ^ (1 << bit));
  overwrite(file, at, byte);
}
