import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import { Sqlite } from '../process/sqlite.ts';
import { isBusy } from '../process/sqlite-error.ts';

/** Who holds a data folder, for people and for a command that hands its run over. */
export type FolderHolder = { readonly pid: number; readonly command: string; readonly since: Instant };
export type FolderLock = { release(): void };

const holder = z.object({ pid: z.number(), command: z.string(), since: z.number() });

/** Makes the data folder when it is missing. Throws a VigieError `data-folder-unusable` when it cannot be made, or not be written. */
export function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite would only say that it is unable to open a file; the kernel says why.
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(folder, 'written', error);
  }
}

/**
 * Takes the data folder for this process, or throws a VigieError `data-folder-locked` that names the holder. The lock is an SQLite file
 * held with BEGIN EXCLUSIVE: the kernel frees it however the holder ends. Never open that file otherwise: closing any
 * descriptor of it would drop this process's lock.
 */
export function lockFolder(folder: string, self: FolderHolder): FolderLock {
  openFolder(folder);
  const database = openLockFile(folder);
  try {
    database.exec('begin exclusive');
    writeHolder(folder, self);
  } catch (error) {
    database.close();
    throw isBusy(error) ? locked(folder) : unusable(folder, 'locked', error);
  }
  return {
    release: () => {
      if (!database.isOpen) return;
      // The note first: once the lock is free the next holder writes its own.
      rmSync(noteFile(folder), { force: true });
      database.close();
    },
  };
}

/** Who holds the folder now; undefined when nobody does. A note that a killed holder left behind is not believed. */
export function folderHolder(folder: string): FolderHolder | 'unknown' | undefined {
  const database = openLockFile(folder);
  try {
    database.exec('begin exclusive');
    return undefined;
  } catch (error) {
    if (!isBusy(error)) throw unusable(folder, 'locked', error);
    return readHolder(folder) ?? 'unknown';
  } finally {
    database.close();
  }
}

function openLockFile(folder: string): Sqlite {
  try {
    // Who holds it holds it for as long as it runs: waiting would only delay the answer.
    return new Sqlite(join(folder, 'vigie.lock'), { busyTimeoutMs: 0 });
  } catch (error) {
    throw unusable(folder, 'locked', error);
  }
}

function noteFile(folder: string): string {
  return join(folder, 'vigie.lock.json');
}

function writeHolder(folder: string, self: FolderHolder): void {
  const part = `${noteFile(folder)}.part`;
  writeFileSync(part, JSON.stringify(self), { mode: 0o600 });
  renameSync(part, noteFile(folder));
}

function readHolder(folder: string): FolderHolder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(noteFile(folder), 'utf8')));
  } catch {
    // Not written yet, or unreadable for this user: the folder is held all the same, by someone we cannot name.
    return undefined;
  }
}

function locked(folder: string): VigieError {
  const found = readHolder(folder);
  const who =
    found === undefined
      ? 'another process'
      : `process ${found.pid} ('${found.command}', since ${new Date(found.since).toISOString()})`;
  const stop = found === undefined ? 'Stop it' : `Stop it (kill ${found.pid})`;
  return new VigieError('data-folder-locked', `The data folder '${folder}' is in use by ${who}`, {
    hint: `${stop}, or give this command a data folder of its own. The lock frees itself when that process ends, however it ends.`,
  });
}

function unusable(folder: string, what: 'written' | 'locked', error: unknown): VigieError {
  return new VigieError('data-folder-unusable', `The data folder '${folder}' cannot be ${what}: ${messageOf(error)}`, {
    cause: error,
    hint: 'See that it belongs to the user who runs Vigie, that its disk has room and is not mounted read-only, and that it is a local one; or choose another folder (settings.dataFolder).',
  });
}
