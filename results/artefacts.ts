import { mkdir, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Instant } from '../core/clock.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import { type RunId, trusted } from '../core/identifiers.ts';
import type { Artefact } from '../core/observation.ts';
import { attemptFolder, fileInside, instantOf, runFolderOf } from './artefact-path.ts';
import { ARTEFACT_FOLDER } from './data-folder.ts';

export type KeptArtefacts = {
  /** What is there, with the sizes that the files have. */
  readonly artefacts: readonly Artefact[];
  /** One sentence for each named file that is not there or had another size. */
  readonly problems: readonly string[];
};

/** Files that runs leave behind, below `<data folder>/artefacts/<yyyy-mm-dd>/<run id>/<attempt>/`. */
export type ArtefactArea = {
  /** Makes the folder of an attempt and gives its absolute path. */
  makeFolder(run: RunId, attempt: number): Promise<string>;
  /** Keeps the named files of an attempt and deletes all others; a folder left empty goes too. */
  keep(run: RunId, attempt: number, artefacts: readonly Artefact[]): Promise<KeptArtefacts>;
  /** Absolute path and size of one file for the web; undefined when there is none, whatever the reason. */
  find(
    run: string,
    attempt: number,
    file: string,
  ): Promise<{ readonly path: string; readonly sizeBytes: number } | undefined>;
  /** Deletes all files of these runs, e.g. those that `maintain` returned. */
  remove(runs: readonly RunId[]): Promise<void>;
  /** Deletes what a crash left behind; returns the runs. */
  sweep(options: SweepOptions): Promise<readonly RunId[]>;
  /** Bytes of all files. Walks the folder: for a metric that is asked for seldom. */
  sizeBytes(): Promise<number>;
};

export type SweepOptions = {
  /** Whether the store has the run. */
  readonly isRecorded: (run: RunId) => boolean;
  /** Younger runs are left alone: they may be under way and have no record yet. */
  readonly before: Instant;
  /** Files of older runs go even when the run is recorded: their retention has ended. */
  readonly expiredBefore: Instant;
};

export function openArtefacts(dataFolder: string): ArtefactArea {
  const root = resolve(dataFolder, ARTEFACT_FOLDER);
  return {
    makeFolder: (run, attempt) => makeFolder(root, run, attempt),
    keep: (run, attempt, artefacts) => keep(folderOf(root, run, attempt), artefacts),
    find: (run, attempt, file) => find(root, run, attempt, file),
    remove: async (runs) => {
      for (const run of runs) await remove(root, run);
    },
    sweep: (options) => sweep(root, options),
    sizeBytes: async () => {
      let total = 0;
      for (const path of await filesBelow(root)) total += (await stat(path).catch(() => undefined))?.size ?? 0;
      return total;
    },
  };
}

async function makeFolder(root: string, run: RunId, attempt: number): Promise<string> {
  const folder = folderOf(root, run, attempt);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw new VigieError('artefact-folder', `The artefact folder '${folder}' could not be made: ${messageOf(error)}`, {
      cause: error,
      hint: 'Free disk space and see that the data folder belongs to the user who runs Vigie.',
    });
  }
}

function folderOf(root: string, run: string, attempt: number): string {
  const folder = attemptFolder(root, run, attempt);
  if (folder !== undefined) return folder;
  throw new VigieError('artefact-path', `'${run}' attempt ${attempt} cannot name an artefact folder`, {
    hint: 'Run ids are made by core/identifiers and attempts count from 1; please report this.',
  });
}

async function keep(folder: string, artefacts: readonly Artefact[]): Promise<KeptArtefacts> {
  const named = new Map(artefacts.map((artefact) => [fileInside(folder, artefact.file), artefact]));
  for (const path of await filesBelow(folder)) {
    if (!named.has(path)) await rm(path, { force: true });
  }
  await removeEmpty(folder);
  const kept: Artefact[] = [];
  const problems: string[] = [];
  for (const [path, artefact] of named) {
    const sizeBytes = await sizeOfFile(path);
    if (sizeBytes === undefined) problems.push(`artefact '${artefact.file}' is named but not in the run's folder`);
    else {
      kept.push({ ...artefact, sizeBytes });
      if (sizeBytes !== artefact.sizeBytes) {
        problems.push(`artefact '${artefact.file}' has ${sizeBytes} bytes, ${artefact.sizeBytes} were announced`);
      }
    }
  }
  return { artefacts: kept, problems };
}

async function sizeOfFile(path: string | undefined): Promise<number | undefined> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function find(root: string, run: string, attempt: number, file: string) {
  const folder = attemptFolder(root, run, attempt);
  const path = folder === undefined ? undefined : fileInside(folder, file);
  if (folder === undefined || path === undefined) return undefined;
  // A symbolic link could lead out of the folder although its name does not.
  const real = await realpath(path).catch(() => undefined);
  const realFolder = await realpath(folder).catch(() => undefined);
  if (real === undefined || realFolder === undefined || !real.startsWith(realFolder + sep)) return undefined;
  const sizeBytes = await sizeOfFile(real);
  return sizeBytes === undefined ? undefined : { path: real, sizeBytes };
}

async function remove(root: string, run: string): Promise<void> {
  const folder = runFolderOf(run);
  if (folder === undefined) return;
  await rm(join(root, folder), { recursive: true, force: true });
  await removeIfEmpty(dirname(join(root, folder)));
}

async function sweep(root: string, { isRecorded, before, expiredBefore }: SweepOptions): Promise<readonly RunId[]> {
  const swept: RunId[] = [];
  for (const day of await namesIn(root)) {
    for (const name of await namesIn(join(root, day))) {
      const at = instantOf(name);
      if (at === undefined || at >= before) continue;
      const run = trusted.runId(name);
      if (at >= expiredBefore && isRecorded(run)) continue;
      await remove(root, run);
      swept.push(run);
    }
  }
  return swept;
}

/** Everything that is not a folder, links among it, at any depth. Absolute paths; none when the folder is missing. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(nothingWhenMissing);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

async function removeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(nothingWhenMissing);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const deepestFirst = [...folders, folder].sort((a, b) => depth(folder, b) - depth(folder, a));
  for (const path of deepestFirst) await removeIfEmpty(path);
  await removeIfEmpty(dirname(folder));
  await removeIfEmpty(dirname(dirname(folder)));
}

function depth(from: string, path: string): number {
  const way = relative(from, path);
  return way === '' ? 0 : way.split(sep).length;
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isOneOf(error, ['ENOTEMPTY', 'EEXIST', 'ENOENT'])) throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(nothingWhenMissing);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function nothingWhenMissing(error: unknown): [] {
  if (isOneOf(error, ['ENOENT'])) return [];
  throw error;
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
