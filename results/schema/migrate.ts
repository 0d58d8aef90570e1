import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Sqlite } from '../../process/sqlite.ts';
import { first } from './0001-first.ts';
import { incidentCauses } from './0002-incident-causes.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [first, incidentCauses];
/** In the header of our files; says that a file is ours. `VIGI`. */
export const APPLICATION_ID = 0x56494749;

export type MigrationOptions = {
  /** Where the copy from before a change of the schema is kept. */
  readonly backupFolder: string;
  /** Names the copy; `20261122T190000Z`. */
  readonly stamp: string;
  readonly migrations?: readonly Migration[];
};
export type Migrated = { readonly from: number; readonly to: number; readonly backup?: string };

/**
 * Brings a database to the newest schema: all missing steps in one transaction, so a crash in the middle leaves the old one.
 * A database with data is copied first. One that a newer Vigie has written is refused and left untouched.
 */
export function migrate(database: Sqlite, options: MigrationOptions): Migrated {
  const { migrations = MIGRATIONS } = options;
  const from = schemaVersion(database);
  const to = migrations.at(-1)?.version ?? 0;
  if (from > to) throw newerSchema(database.file, from, to);
  if (from === to) return { from, to };
  const backup = from === 0 ? {} : { backup: copyFirst(database, from, options) };
  const steps = migrations.filter((migration) => migration.version > from);
  applySteps(database, steps, to);
  return { from, to, ...backup };
}

export function schemaVersion(database: Sqlite): number {
  return Number(database.value('pragma user_version'));
}

function applySteps(database: Sqlite, steps: readonly Migration[], to: number): void {
  try {
    database.transaction('exclusive', () => {
      for (const step of steps) {
        for (const statement of step.statements()) database.exec(statement);
      }
      database.exec(`pragma application_id = ${APPLICATION_ID}`);
      database.exec(`pragma user_version = ${to}`);
    });
  } catch (error) {
    const titles = steps.map(({ version, title }) => `${version} (${title})`).join(', ');
    throw new VigieError(
      'migration-failed',
      `Changing the schema of '${database.file}' by steps ${titles} failed: ${messageOf(error)}`,
      {
        cause: error,
        hint: 'Nothing was changed. Free disk space if it is full; otherwise start the version of Vigie that was used before and report this.',
      },
    );
  }
}

const PART = '.part';

/** What a killed process left of its copy, with the journal beside it. */
function removeParts(folder: string): void {
  const parts = readdirSync(folder).filter((name) => name.includes(`.db${PART}`));
  for (const name of parts) rmSync(join(folder, name));
}

function copyFirst(database: Sqlite, version: number, { backupFolder, stamp }: MigrationOptions): string {
  const file = join(backupFolder, `vigie-schema${version}-${stamp}.db`);
  try {
    mkdirSync(backupFolder, { recursive: true, mode: 0o700 });
    removeParts(backupFolder);
    // Under its own name only once it is whole: what a kill cuts short must not be taken for a copy, nor stand in the way of the next one.
    database.prepare('vacuum into :file').run({ file: `${file}${PART}` });
    renameSync(`${file}${PART}`, file);
  } catch (error) {
    throw new VigieError(
      'backup-failed',
      `The copy '${file}' before a change of the schema could not be made: ${messageOf(error)}`,
      {
        cause: error,
        hint: `Free at least as much disk space as '${database.file}' takes, or move that file away to start with an empty history.`,
      },
    );
  }
  return file;
}

export function newerSchema(file: string, found: number, known: number): VigieError {
  return new VigieError(
    'schema-newer',
    `'${file}' has schema ${found}, written by a newer Vigie; this one knows schemas up to ${known}. The file was left untouched`,
    {
      hint: "Start the newer version again, restore a copy from the folder 'backups' beside it, or choose another data folder.",
    },
  );
}
