import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Sqlite } from './sqlite.ts';
import { isBusy } from './sqlite-error.ts';
import { openTempRoot } from './temp-root.ts';

/** Who holds a machine-wide lock, as far as the note beside it tells. */
export type LockHolder = { readonly pid: number; readonly what: string; readonly sinceMs: number };

export type LockOptions = {
  /** What the lock is wanted for, shown to those who wait, e.g. `load check 'search' of /srv/app`. */
  readonly what: string;
  /** Whether to wait for the holder. When false a held lock gives `{ held: false }` at once. */
  readonly wait: boolean;
  /** Wall-clock time for the note that others read, milliseconds since 1970. */
  readonly nowMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the waiting begins, and again whenever the holder changes. */
  readonly onWaiting?: ((holder: LockHolder | undefined) => void) | undefined;
  /** Default `exclusive`: the lane in which one heavy run at a time may be on this machine. */
  readonly name?: string | undefined;
  /** Default: the user's Vigie temp folder. */
  readonly folder?: string | undefined;
};

export type LockOutcome =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly reason: 'busy' | 'aborted'; readonly holder: LockHolder | undefined };

const POLL_MS = 200;

/**
 * Takes a lock that is the same for every Vigie of this user on this machine and that the kernel frees when its
 * holder dies, `kill -9` included: an SQLite file held with BEGIN EXCLUSIVE.
 */
export async function acquireMachineLock(options: LockOptions): Promise<LockOutcome> {
  const folder = options.folder ?? openTempRoot();
  const name = options.name ?? 'exclusive';
  const noteFile = join(folder, `${name}.holder.json`);
  const database = openLockFile(join(folder, `${name}.lock`));
  const outcome = await takeOrWait(database, noteFile, options);
  if (outcome !== 'taken') {
    database.close();
    return { held: false, reason: outcome, holder: readNote(noteFile) };
  }
  const holder: LockHolder = { pid: process.pid, what: options.what, sinceMs: options.nowMs };
  writeFileSync(noteFile, JSON.stringify(holder), { mode: 0o600 });
  return { held: true, release: () => release(database, noteFile) };
}

/** Who holds the lock now; undefined when nobody does. */
export function machineLockHolder(options: Pick<LockOptions, 'name' | 'folder'> = {}): LockHolder | undefined {
  const folder = options.folder ?? openTempRoot();
  const name = options.name ?? 'exclusive';
  const database = openLockFile(join(folder, `${name}.lock`));
  const isFree = take(database);
  database.close();
  return isFree ? undefined : readNote(join(folder, `${name}.holder.json`));
}

async function takeOrWait(
  database: Sqlite,
  noteFile: string,
  { wait, signal, onWaiting }: LockOptions,
): Promise<'taken' | 'busy' | 'aborted'> {
  let shown: string | undefined;
  for (;;) {
    if (signal?.aborted) return 'aborted';
    if (take(database)) return 'taken';
    if (!wait) return 'busy';
    const holder = readNote(noteFile);
    const text = JSON.stringify(holder ?? null);
    if (text !== shown) onWaiting?.(holder);
    shown = text;
    // Aborting ends the pause early; the next turn of the loop says so.
    await delay(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

function openLockFile(file: string): Sqlite {
  // SQLite's own waiting would block the thread: there is none, and we poll.
  return new Sqlite(file, { busyTimeoutMs: 0 });
}

function take(database: Sqlite): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function release(database: Sqlite, noteFile: string): void {
  if (!database.isOpen) return;
  // The note first: once the lock is free the next holder writes its own.
  rmSync(noteFile, { force: true });
  database.close();
}

/** The note is for people; a holder that was killed leaves an old one, so it is read only while the lock is held. */
function readNote(file: string): LockHolder | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isHolder(note) ? note : undefined;
  } catch {
    // Not written yet, or being written at this moment: the lock is held all the same, by someone we cannot name.
    return undefined;
  }
}

function isHolder(note: unknown): note is LockHolder {
  if (typeof note !== 'object' || note === null) return false;
  if (!('pid' in note) || !('what' in note) || !('sinceMs' in note)) return false;
  return typeof note.pid === 'number' && typeof note.what === 'string' && typeof note.sinceMs === 'number';
}
