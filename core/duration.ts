/** A duration as written in the configuration: milliseconds as a number, or text such as `'30s'`, `'5m'`, `'1h30m'`, `'250ms'`, `'7d'`. */
export type DurationText = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}` | `${number}${'h' | 'm'}${number}${'m' | 's'}`;
export type DurationInput = number | DurationText;

const PART_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHAPE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** Reads a duration into milliseconds; `undefined` when the text is not a duration or is negative, not finite or zero-length text. */
export function parseDuration(input: number | string): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) && input >= 0 ? input : undefined;
  if (!SHAPE.test(input)) return undefined;
  let total = 0;
  for (const part of input.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(part[1]) * (PART_MS[part[2] ?? ''] ?? Number.NaN);
  }
  return Number.isFinite(total) ? total : undefined;
}
