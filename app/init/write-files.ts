import { lstatSync, mkdirSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONFIG_FILES } from '../../config/load-config.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { FirstFile } from './first-files.ts';

/** Refuses when anything stands where a file would go, all of it at once and before the first is written. */
export function refuseWhatIsThere(folder: string, files: readonly FirstFile[]): void {
  const wanted = files.map(({ path }) => path);
  const others = CONFIG_FILES.filter((name) => !wanted.includes(name));
  const inTheWay = [...wanted, ...others].filter((path) => isThere(join(folder, path)));
  const blocked = [...new Set(wanted.map(dirname))].filter((path) => path !== '.' && isFile(join(folder, path)));
  const problems = [
    ...inTheWay.map((file) => `  ${file} is there already`),
    ...blocked.map((file) => `  ${file} is a file where a folder is needed`),
  ];
  if (problems.length === 0) return;
  throw new VigieError(
    'files-in-the-way',
    ['nothing was written, because init overwrites nothing:', ...problems].join('\n'),
    {
      hint: `move them away, or run init in another folder than ${folder}`,
    },
  );
}

/** Writes all or nothing: what was written before a failure is taken away again. Never overwrites. */
export function writeFiles(folder: string, files: readonly FirstFile[]): void {
  const made: string[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(folder, path);
      const newFolder = mkdirSync(dirname(file), { recursive: true });
      if (newFolder !== undefined) made.unshift(newFolder);
      writeFileSync(file, text, { flag: 'wx' });
      made.unshift(file);
    }
  } catch (error) {
    for (const path of made) rmSync(path, { recursive: true, force: true });
    throw new VigieError('not-writable', `the first files could not be written to ${folder}: ${messageOf(error)}`, {
      cause: error,
      hint: 'nothing was left behind; check the rights of the folder',
    });
  }
}

/** Also a link that leads nowhere is in the way. */
function isThere(path: string): boolean {
  return entryAt(path) !== undefined;
}

function isFile(path: string): boolean {
  return entryAt(path)?.isFile() ?? false;
}

function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Not there, or below a file: that file is told of by itself.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
