import { coreTimeOf } from './schedule.ts';
import type { TestFile } from './test-files.ts';

export type Shard = { readonly index: number; readonly of: number };

/** A shard is planned for the machines that CI gives, whatever this one has: each must come to the same parts. */
const CORES = 2;

/** Reads `2/3`; undefined for what is no shard. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (index === undefined || of === undefined || Number(index) > Number(of)) return undefined;
  return { index: Number(index), of: Number(of) };
}

/** One of several parts that together are all files and take about the same time: each file goes, longest first, to the part with least. */
export function pickShard(files: readonly TestFile[], { index, of }: Shard): readonly TestFile[] {
  const parts = Array.from({ length: of }, (): { totalMs: number; readonly files: TestFile[] } => {
    return { totalMs: 0, files: [] };
  });
  const byCost = files.toSorted((a, b) => coreTimeOf(b, CORES) - coreTimeOf(a, CORES) || (a.file < b.file ? -1 : 1));
  for (const file of byCost) {
    const least = parts.reduce((a, b) => (b.totalMs < a.totalMs ? b : a));
    least.totalMs += coreTimeOf(file, CORES);
    least.files.push(file);
  }
  return parts[index - 1]?.files ?? [];
}
