import { z } from 'zod';

/** An instant with its offset from UTC, as milliseconds since 1970. */
export const instant = z.string().transform((text, context) => {
  const at = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  context.issues.push({
    code: 'custom',
    message: `'${text}' is not an instant: write '2026-12-24T18:00+01:00' with its offset, or '…Z'`,
    input: text,
  });
  return z.NEVER;
});
