import type { z } from 'zod';

/** What a file of a run says; undefined when it is not there or says something else, for then it explains nothing. */
export function parseWith<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Cut off, or masked in a place where JSON does not bear it.
    return undefined;
  }
}
