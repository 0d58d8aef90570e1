import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export type RotatedFile = {
  /** The file in use keeps this name; the ones before it are `<path>.1` (the newest), `<path>.2` and so on. */
  readonly path: string;
  /** No file grows beyond this, except by one single line that is longer. */
  readonly sizeBytes: number;
  /** Files kept, the one in use included. */
  readonly files: number;
};

/** How many of the lines are in the file, whole; of the others nothing is. Without an error, the others can be added at once. */
export type Appended = { readonly lines: number; readonly error?: unknown };

/** One write copies no more than this. */
const BATCH_BYTES = 256 * 1024;

/**
 * Appends the first of the lines, as many as fit, or makes room for them. The file is opened anew each time, so that nothing remembered of it can be
 * wrong: folder and file may have been removed, emptied or renamed by somebody else.
 */
export async function appendLines(file: RotatedFile, lines: readonly Buffer[]): Promise<Appended> {
  try {
    return await appendTo(await openFile(file.path), file, lines);
  } catch (error) {
    return { lines: 0, error };
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+');
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, 'a+');
  }
}

async function appendTo(handle: FileHandle, file: RotatedFile, lines: readonly Buffer[]): Promise<Appended> {
  try {
    const start = await endOf(handle);
    const first = lines[0]?.length ?? 0;
    if (start > 0 && start + first > file.sizeBytes) {
      await rotate(file);
      return { lines: 0 };
    }
    const fitting = countFitting(lines, Math.min(BATCH_BYTES, file.sizeBytes - start));
    return await write(handle, lines.slice(0, fitting), start);
  } finally {
    await handle.close();
  }
}

/** The size of the file, once a line that a crash had cut off is ended. */
async function endOf(handle: FileHandle): Promise<number> {
  const info = await handle.stat();
  if (info.isFIFO()) throw new Error('it is a pipe, which would hold up everything once nobody reads it');
  const { size } = info;
  if (size === 0) return 0;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] === NEWLINE) return size;
  await handle.write('\n');
  return size + 1;
}

const NEWLINE = 0x0a;

async function rotate({ path, files }: RotatedFile): Promise<void> {
  for (let number = files - 1; number > 0; number -= 1) {
    try {
      await rename(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** At least one: a line that fits nowhere has a file of its own. */
function countFitting(lines: readonly Buffer[], room: number): number {
  let bytes = lines[0]?.length ?? 0;
  let count = 1;
  for (; count < lines.length; count += 1) {
    bytes += lines[count]?.length ?? 0;
    if (bytes > room) break;
  }
  return count;
}

async function write(handle: FileHandle, lines: readonly Buffer[], start: number): Promise<Appended> {
  const text = Buffer.concat(lines);
  let written = 0;
  try {
    while (written < text.length) written += (await handle.write(text, written)).bytesWritten;
    return { lines: lines.length };
  } catch (error) {
    // A disk that becomes full takes part of what it is given, and says so only of the rest.
    const kept = text.subarray(0, written).lastIndexOf(NEWLINE) + 1;
    if (written > kept) await handle.truncate(start + kept);
    return { lines: countLines(lines, kept), error };
  }
}

function countLines(lines: readonly Buffer[], bytes: number): number {
  let end = 0;
  let count = 0;
  for (const { length } of lines) {
    end += length;
    if (end > bytes) break;
    count += 1;
  }
  return count;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
