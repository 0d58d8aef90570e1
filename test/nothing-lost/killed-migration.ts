import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { FakeClock } from '../../core/fake-clock.ts';
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
import { openDatabase } from '../../results/open-database.ts';
import { openStore } from '../../results/open-store.ts';
import { MIGRATIONS } from '../../results/schema/migrate.ts';
import { LATER } from './fixtures/later-schema.ts';
import type { Outcome, Tell } from './outcome.ts';

/** Calls by which the process that migrates changes what is on the disk; each is counted by itself. */
export const KILLED_AT = ['pwrite64', 'fsync,fdatasync', 'openat', 'ftruncate', 'unlink', 'rename'] as const;
type Calls = (typeof KILLED_AT)[number];

const CHILD = join(import.meta.dirname, 'fixtures', 'migrate.ts');
const CHILD_MS = 60_000;
const MOST_CALLS = 2_000;
const RUNS = 40;
/** The same at every start: a supervisor may start anew within the second that names a copy. */
const NOW = START + 60 * MINUTE;

export function migrateFolder(folder: string): { readonly from: number; readonly to: number } {
  const file = join(folder, 'vigie.db');
  const { database, recovered, migrated } = openDatabase({
    file,
    backupFolder: join(folder, 'backups'),
    now: NOW,
    migrations: LATER,
  });
  database.close();
  if (recovered !== undefined) throw new Error(`moved aside: ${recovered.reason}`);
  return migrated;
}

/**
 * Kills the process that migrates a database with a history when it is about to make its n-th call, for n = 1, 1 + stride, … until it
 * makes no more. Each time the database is wholly old or wholly new, and the next start completes the migration with every row.
 */
export async function killMigrations(
  strides: ReadonlyMap<Calls, number>,
  tell: Tell = () => {},
): Promise<readonly Outcome[]> {
  const work = mkdtempSync(join(tmpdir(), 'vigie-migrating-'));
  try {
    const old = await makeOld(join(work, 'old'));
    return [...strides].map(([calls, stride]) => sweep({ work, old, calls, stride }, tell));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Sweep = { readonly work: string; readonly old: Old; readonly calls: Calls; readonly stride: number };

function sweep({ work, old, calls, stride }: Sweep, tell: Tell): Outcome {
  const problems: string[] = [];
  const seen = { old: 0, new: 0, half: 0 };
  let calm = 0;
  for (let n = 1; n <= MOST_CALLS && calm === 0; n += stride) {
    tell(`${calls}: call ${n}`);
    const folder = join(work, 'data');
    cpSync(old.folder, folder, { recursive: true });
    const wasKilled = killAt(folder, calls, n);
    const found = standing(join(work, 'look'), folder, old);
    if (wasKilled) seen[found.is] += 1;
    else calm = n;
    const wrong = [...found.problems, ...completes(folder, old)];
    problems.push(...wrong.map((problem) => `${calls}, call ${n}: ${problem}`));
    rmSync(folder, { recursive: true });
  }
  const times = seen.old + seen.new + seen.half;
  if (times === 0) problems.push(`${calls}: nothing was killed`);
  const figure = `every ${stride === 1 ? '' : `${stride}. `}call of fewer than ${calm}; the schema was then the old one ${seen.old} times, the new one ${seen.new} times, and whole after the next start`;
  return { what: `kill -9 in a migration, at the n-th ${calls}`, times, problems, figure };
}

type Old = {
  readonly folder: string;
  /** What the database says of itself and holds, before and after. */
  readonly before: Content;
  readonly after: Content;
};
type Content = { readonly schema: string; readonly rows: string };

/** A folder as a killed monitor of today's schema left it: its last commits are in the write-ahead log only. */
async function makeOld(folder: string): Promise<Old> {
  const living = `${folder}-living`;
  const store = await openStore({ folder: living, log: SILENT_LOG, clock: new FakeClock() });
  const commits = Array.from({ length: RUNS }, (_, minute) => {
    const run = sampleRun({ dueAt: START + minute * MINUTE, ...(minute === RUNS - 1 ? { verdict: FAILED } : {}) });
    const incident = sampleIncident(run);
    const outage = {
      incidents: [incident],
      tracks: [openTrack(incident)],
      notices: [sampleNotice(incident, 'opened')],
    };
    return store.commit({ run, ...(minute === RUNS - 1 ? outage : {}) });
  });
  await Promise.all(commits);
  const { check, location } = sampleRun();
  const gap = { check, location, from: START - MINUTE * 9, to: START - MINUTE, count: 9, recordedAt: START };
  await store.commit({ gaps: [gap] });
  mkdirSync(folder);
  for (const name of ['vigie.db', 'vigie.db-wal']) copyFileSync(join(living, name), join(folder, name));
  await store.close();
  const migrated = `${folder}-migrated`;
  cpSync(living, migrated, { recursive: true });
  migrateFolder(migrated);
  return { folder, before: contentOf(living), after: contentOf(migrated) };
}

/** Whether the process was killed before it was done. */
function killAt(folder: string, calls: string, n: number): boolean {
  const file = join(folder, 'vigie.db');
  const copies = join(folder, 'backups');
  const copy = join(copies, `vigie-schema${MIGRATIONS.length}-20261122T110000Z.db`);
  // Only calls on the files of the database and its copy count, so that n means the same in every round.
  const files = [file, copy, `${copy}.part`].flatMap((path) =>
    ['', '-wal', '-shm', '-journal'].map((end) => path + end),
  );
  const paths = [...files, copies].flatMap((path) => ['-P', path]);
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=KILL:when=${n}`];
  const options = ['-f', '-qq', '-o', '/dev/null', ...paths, ...inject];
  const { stdout, stderr } = spawnSync('strace', [...options, process.execPath, CHILD, folder], {
    encoding: 'utf8',
    timeout: CHILD_MS,
    killSignal: 'SIGKILL',
  });
  if (/Error/.test(stderr)) throw new Error(stderr);
  return stdout !== `from ${MIGRATIONS.length} to ${LATER.at(-1)?.version}\n`;
}

/** What was left: looked at as a copy, because a look folds the write-ahead log back. */
function standing(
  look: string,
  folder: string,
  old: Old,
): { readonly is: 'old' | 'new' | 'half'; readonly problems: readonly string[] } {
  cpSync(folder, look, { recursive: true });
  try {
    const { schema } = contentOf(look);
    const is = schema === old.before.schema ? 'old' : schema === old.after.schema ? 'new' : 'half';
    // A copy under its final name is what a person would go back to.
    const halves = copiesIn(look).filter((copy) => contentOf(look, join('backups', copy)).rows !== old.before.rows);
    return {
      is,
      problems: [
        ...(is === 'half' ? [`the schema is neither the old nor the new one: ${schema}`] : []),
        ...halves.map((copy) => `the copy ${copy} is not what was there before`),
      ],
    };
  } finally {
    rmSync(look, { recursive: true });
  }
}

function copiesIn(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db'));
  } catch {
    // Killed before it made the folder.
    return [];
  }
}

/** The next start, on the folder as the killed one left it. */
function completes(folder: string, { after }: Old): readonly string[] {
  try {
    migrateFolder(folder);
    const { schema, rows } = contentOf(folder);
    const strays = readdirSync(join(folder, 'backups')).filter((name) => !name.endsWith('.db'));
    return [
      ...(schema === after.schema ? [] : [`the next start left the schema ${schema}`]),
      ...(rows === after.rows ? [] : ['the next start has other rows']),
      ...strays.map((name) => `the next start left ${name} in the folder of copies`),
    ];
  } catch (error) {
    return [`the next start failed: ${String(error)}`];
  }
}

const names = z.array(z.string());

/** Schema with its number and soundness, and every row of every table. */
function contentOf(folder: string, name = 'vigie.db'): Content {
  using database = new Sqlite(join(folder, name));
  const all = (query: string): readonly unknown[] => database.prepare(query).all();
  const tables = names.parse(database.values("select name from sqlite_schema where type = 'table' order by name"));
  const said = ['user_version', 'integrity_check', 'foreign_key_check'].map((pragma) => all(`pragma ${pragma}`));
  return {
    schema: JSON.stringify([...said, all('select type, name, sql from sqlite_schema order by type, name')]),
    rows: JSON.stringify(tables.map((table) => [table, all(`select * from "${table}"`)])),
  };
}
