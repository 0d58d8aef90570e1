import type { Instant } from './clock.ts';
import type { CheckId } from './identifiers.ts';
import type { HostFingerprint, Provenance } from './observation.ts';
import type { StoreReader } from './store.ts';
import { formatQuantity } from './units.ts';

/** What made a result. */
export type Producer = Pick<Provenance, 'vigie' | 'tools' | 'host'>;

/** One thing that was not the same for all runs that are looked at together, e.g. `k6` with its versions. */
export type Difference = { readonly what: string; readonly values: readonly string[] };

/** A year of runs every second is looked at in as many places as eight days: what is told need not cost more than the telling. */
const MOST_LOOKS = 200;
const LEAST_SPAN_MS = 3_600_000;

/** What made the runs of a check that were due in `[from, to)`: the last run of each hour, of a longer time of each 200th part, so that a shorter change may be missed. */
export function producersOf(
  reader: Pick<StoreReader, 'runs' | 'run'>,
  check: CheckId,
  from: Instant,
  to: Instant,
): readonly Producer[] {
  const spanMs = Math.max(LEAST_SPAN_MS, Math.ceil((to - from) / MOST_LOOKS));
  const looks = Array.from({ length: Math.ceil((to - from) / spanMs) }, (_, index) => from + index * spanMs);
  return looks.flatMap((start) => {
    const end = Math.min(to, start + spanMs);
    const [last] = reader.runs({ check, trigger: 'slot', from: start, to: end, limit: 1 });
    return (last === undefined ? undefined : reader.run(last.id)?.producedBy) ?? [];
  });
}

/** What differs among runs that are looked at together. A tool that some of them did without is compared among the others. */
export function differencesOf(producers: readonly Producer[]): readonly Difference[] {
  const seen = new Map<string, Set<string>>();
  for (const { vigie, tools, host } of producers)
    for (const [what, value] of Object.entries({ vigie, ...tools, host: hostText(host) }))
      seen.set(what, (seen.get(what) ?? new Set()).add(value));
  return [...seen].flatMap(([what, values]) => (values.size < 2 ? [] : [{ what, values: [...values] }]));
}

/** In one line; undefined when nothing differs. */
export function differencesText(differences: readonly Difference[]): string | undefined {
  if (differences.length === 0) return undefined;
  return `not all runs were made alike: ${differences.map(({ what, values }) => `${what} ${values.join(' and ')}`).join('; ')}`;
}

export function hostText({ cores, cpuModel, memoryBytes, platform, arch }: HostFingerprint): string {
  return `${cores} × ${cpuModel}, ${formatQuantity(memoryBytes, 'bytes')}, ${platform} ${arch}`;
}
