import type { Check } from '../../core/check.ts';
import { forecastLoad } from '../../load/forecast.ts';
import { isFault } from '../../load/inspect.ts';
import { loadSchema } from '../../load/options.ts';
import type { GuessServices } from '../plan/guess-duration.ts';
import type { Entry } from './entries.ts';

/** k6 starts, compiles the script, ends its iterations and writes its summary. */
const K6_OVERHEAD_MS = 3_000;

/**
 * A load check in slices: each sample is a run of `sliceMs`. A script that defines `scenarios` has a load model that k6 would throw away
 * for a duration, so it is run whole each time.
 */
export async function sliced(entry: Entry, sliceMs: number, services: GuessServices): Promise<Entry> {
  if (entry.check.kind !== 'load') return entry;
  const short = slice(entry.check, sliceMs);
  const options = loadSchema.safeParse(short.options).data;
  if (options === undefined) return entry;
  const reckoned = await forecastLoad(options, { target: short.target, ...services });
  if (isFault(reckoned) && reckoned.code === 'config-invalid') return entry;
  const { base } = entry;
  const sampleMs = sliceMs + K6_OVERHEAD_MS;
  return { ...entry, check: short, sampleMs, ...(base === undefined ? {} : { base: slice(base, sliceMs) }) };
}

function slice(check: Check, sliceMs: number): Check {
  const options = loadSchema.safeParse(check.options).data;
  if (options === undefined) return check;
  const { iterations: _iterations, stages: _stages, ...rest } = options;
  return { ...check, options: { ...rest, duration: sliceMs } };
}
