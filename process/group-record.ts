import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { startOf } from './owner.ts';

/** A process group noted on disk while it runs. */
export type GroupRecord = { readonly group: number; readonly leaderStartedAt: string };

const PREFIX = '.vigie-group-';

/**
 * Notes a group in a folder until the returned function is called. Without a folder nothing is noted.
 * A note that cannot be written (disk full) is no reason to stop the run: it warns, and the mark in the environment
 * still finds the processes on Linux.
 */
export function recordGroup(folder: string | undefined, group: number): () => void {
  const leaderStartedAt = startOf(group);
  // A leader that is gone already leaves nothing to find by its start time.
  if (folder === undefined || leaderStartedAt === undefined) return () => undefined;
  const file = join(folder, `${PREFIX}${group}`);
  try {
    writeFileSync(file, leaderStartedAt, { mode: 0o600 });
  } catch (error) {
    process.emitWarning(`process group ${group} could not be noted in ${folder}: ${messageOf(error)}`);
  }
  return () => rmSync(file, { force: true });
}

/** The groups noted in a folder. */
export function readGroupRecords(folder: string): readonly GroupRecord[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => ({
      group: Number(name.slice(PREFIX.length)),
      leaderStartedAt: readFileSync(join(folder, name), 'utf8'),
    }))
    .filter(({ group }) => Number.isInteger(group) && group > 1);
}
