import type { TestFile } from './test-files.ts';

/** In quarters of a core. */
const CORE = 4;
const COST_OF_WAITING = 2;

/** The order in which files are looked at: the longest first. */
export function orderFiles(files: readonly TestFile[]): readonly TestFile[] {
  return files.toSorted((a, b) => b.expectedMs - a.expectedMs || (a.file < b.file ? -1 : 1));
}

/** The file that may start now beside those that run, or undefined while none may. `waiting` is in order. */
export function nextFile(
  waiting: readonly TestFile[],
  running: readonly TestFile[],
  cores: number,
): TestFile | undefined {
  if (running.some(isQuiet)) return undefined;
  const others = waiting.filter((file) => !isQuiet(file));
  // The quiet ones last: one at a time, when everything else is done.
  if (others.length === 0) return running.length === 0 ? waiting[0] : undefined;
  const used = running.reduce((sum, file) => sum + costOf(file), 0);
  return others.find((file) => used + costOf(file) <= roomFor(file, cores));
}

/** How much of the time of the machine's cores a file takes, as far as it is known: what a shard is balanced by. */
export function coreTimeOf(file: TestFile, cores: number): number {
  return file.expectedMs * (isQuiet(file) ? cores : costOf(file) / CORE);
}

/** Ordinary files leave a core idle now and then: one that waits fits beside them. */
function roomFor(file: TestFile, cores: number): number {
  return cores * CORE + (file.needs.has('waits') ? COST_OF_WAITING : 0);
}

function costOf(file: TestFile): number {
  return file.needs.has('waits') ? COST_OF_WAITING : CORE;
}

function isQuiet(file: TestFile): boolean {
  return file.needs.has('quiet');
}
