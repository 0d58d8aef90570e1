import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileResult } from './run-file.ts';

/** How long the files of the last run took, for people and for `write-known-times.ts`. */
export const TIMES_FILE = '.cache/suite-times.json';
export const KNOWN_TIMES = new URL('known-times.json', import.meta.url);

/** Of shorter files a guess is as good. */
const LEAST_SECONDS = 3;

export type RunTimes = {
  readonly durationMs: number;
  /** See `slow-files.ts`; null for a run of few files. */
  readonly pace: number | null;
  /** Slowest first. */
  readonly files: readonly FileTimes[];
};
export type FileTimes = {
  readonly file: string;
  readonly durationMs: number;
  readonly cpuMs: number | null;
  readonly tests: number;
};

export function writeTimes(
  root: string,
  results: readonly FileResult[],
  run: { readonly durationMs: number; readonly pace: number | undefined },
): void {
  const files = results
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .map(({ file, durationMs, cpuMs, tests }): FileTimes => {
      return { file, durationMs: Math.round(durationMs), cpuMs: cpuMs === undefined ? null : Math.round(cpuMs), tests };
    });
  const times: RunTimes = { durationMs: Math.round(run.durationMs), pace: run.pace ?? null, files };
  const path = join(root, TIMES_FILE);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(times, undefined, 2)}\n`);
}

/** Seconds by file, as they were last written down: what the order of files and the shards go by, the same everywhere. */
export function readKnownTimes(): Readonly<Record<string, number>> {
  const known: unknown = JSON.parse(readFileSync(KNOWN_TIMES, 'utf8'));
  if (typeof known !== 'object' || known === null) throw new Error(`${KNOWN_TIMES.pathname} is no object`);
  return Object.fromEntries(Object.entries(known).map(([file, seconds]) => [file, Number(seconds)]));
}

/** What was known with what a run took; a file that takes but a moment, or is no more, is not kept. */
export function mergeTimes(
  known: Readonly<Record<string, number>>,
  files: readonly FileTimes[],
  exists: (file: string) => boolean,
): Readonly<Record<string, number>> {
  const merged = new Map(Object.entries(known));
  for (const { file, durationMs } of files) merged.set(file, Math.round(durationMs / 1_000));
  const kept = [...merged].filter(([file, seconds]) => seconds >= LEAST_SECONDS && exists(file));
  return Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
