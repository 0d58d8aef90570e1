import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../core/clock.ts';
import type { Recovery } from './protocol.ts';

/** File names stand for paths: the folder may have been moved since. */
const note = z.object({ reason: z.string(), movedTo: z.array(z.string()), at: z.number() });

/**
 * A recovery that nobody has been told of yet is a note beside the database, written before the damaged files are moved and removed
 * once it was told. So it outlives whatever ends in between: an opening that fails, the storage thread, the process.
 */
export function keepUntold(file: string, { reason, movedTo, at }: Recovery): void {
  const part = `${noteOf(file)}.part`;
  const text = JSON.stringify({ reason, movedTo: movedTo.map((path) => basename(path)), at });
  writeFileSync(part, text, { mode: 0o600, flush: true });
  renameSync(part, noteOf(file));
}

/** Undefined as well when nothing was moved after all. */
export function readUntold(file: string, now: Instant): Recovery | undefined {
  if (!existsSync(noteOf(file))) return undefined;
  const { reason, movedTo, at } = readNote(file) ?? unreadable(file, now);
  const found = movedTo.map((name) => join(dirname(file), name)).filter((path) => existsSync(path));
  return found.length === 0 ? undefined : { reason, movedTo: found, at };
}

export function forgetUntold(file: string): void {
  try {
    rmSync(noteOf(file), { force: true });
  } catch {
    // Told once more by the next opening, which is better than a store that does not open for it.
  }
}

function noteOf(file: string): string {
  return `${file}.moved-aside`;
}

function readNote(file: string): z.infer<typeof note> | undefined {
  try {
    return note.parse(JSON.parse(readFileSync(noteOf(file), 'utf8')));
  } catch {
    // The disk that damaged the database may have damaged this, too; that something was moved is known all the same.
    return undefined;
  }
}

function unreadable(file: string, at: Instant): z.infer<typeof note> {
  const movedTo = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.damaged-`));
  return { reason: 'the note of what was found cannot be read', movedTo, at };
}
