import { join, resolve, sep } from 'node:path';
import type { RunId } from '../core/identifiers.ts';
import { ARTEFACT_FOLDER } from './data-folder.ts';

/** What a run id may look like as a folder: made by `core/identifiers`, never by a target or a request. */
const RUN_ID = /^(\d{4})(\d{2})(\d{2})\d{9}-[0-9a-f]{8,64}$/;

/** `2026-11-22/<run id>` below the artefact folder; undefined for anything that is not a run id. */
export function runFolderOf(run: string): string | undefined {
  const [whole, year, month, day] = RUN_ID.exec(run) ?? [];
  return whole === undefined ? undefined : join(`${year}-${month}-${day}`, whole);
}

/** When the run of an id was begun, as its id says; undefined for anything that is not a run id. */
export function instantOf(run: string): number | undefined {
  if (!RUN_ID.test(run)) return undefined;
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) =>
    Number(run.slice(at, at === 0 ? 4 : at + 2)),
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, Number(run.slice(14, 17)));
}

/** Absolute folder of an attempt; undefined when the id or the number cannot be one. */
export function attemptFolder(root: string, run: RunId | string, attempt: number): string | undefined {
  const folder = runFolderOf(run);
  if (folder === undefined || !Number.isInteger(attempt) || attempt < 1 || attempt > 1_000) return undefined;
  return join(root, folder, String(attempt));
}

/** Absolute path of a file inside `folder`; undefined for names that lead elsewhere or that no artefact can have. */
export function fileInside(folder: string, file: string): string | undefined {
  if (file === '' || file.length > 500 || /[\\\0]/.test(file)) return undefined;
  if (file.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const path = resolve(folder, file);
  return path.startsWith(folder + sep) ? path : undefined;
}

/** Path of an artefact relative to its data folder, forward slashes, for links. */
export function artefactFile(run: RunId, attempt: number, file: string): string {
  return [ARTEFACT_FOLDER, ...(runFolderOf(run) ?? run).split(sep), String(attempt), file].join('/');
}
