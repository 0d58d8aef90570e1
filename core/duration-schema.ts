import { z } from 'zod';
import { type DurationInput, parseDuration } from './duration.ts';
import { formatQuantity } from './units.ts';

/** Milliseconds, both included. */
export type DurationLimits = { readonly least?: number; readonly most?: number };

/** A duration as people write it (`'30s'`, `'1h30m'`, or milliseconds), parsed to milliseconds and held to its limits. */
export function duration(limits: DurationLimits = {}): z.ZodType<number, DurationInput> {
  const shape = z.custom<DurationInput>((value) => typeof value === 'string' || typeof value === 'number', {
    error: (issue) => `expected a duration such as '30s' or milliseconds, got ${JSON.stringify(issue.input)}`,
  });
  return shape.transform((input, context) => {
    const ms = parseDuration(input);
    const problem = ms === undefined ? unreadable(input) : outOfLimits(ms, input, limits);
    if (problem === undefined && ms !== undefined) return ms;
    context.issues.push({ code: 'custom', message: problem ?? unreadable(input), input });
    return z.NEVER;
  });
}

function unreadable(input: DurationInput): string {
  return `${JSON.stringify(input)} is not a duration: write '30s', '5m', '1h30m', '250ms', '7d', or milliseconds as a number`;
}

/** Bare numbers are shown with what they mean: who wrote 30 for half a minute must see that it was taken for 30 ms. */
function outOfLimits(ms: number, input: DurationInput, { least, most }: DurationLimits): string | undefined {
  const written = typeof input === 'number' ? `${input} (milliseconds)` : `'${input}'`;
  if (least !== undefined && ms < least) return `${written} is too short: at least ${formatQuantity(least, 'ms')}`;
  if (most !== undefined && ms > most) return `${written} is too long: at most ${formatQuantity(most, 'ms')}`;
  return undefined;
}
