import { z } from 'zod';
import { cut } from '../../core/cut.ts';

/** What stood behind one vital of one page, as web-vitals' attribution build tells it. Times in milliseconds. */
const text = (max: number) => z.string().transform((value) => cut(plain(value), max));
const ms = z.number().min(0).max(86_400_000).transform(Math.round);

const lcp = z.object({
  vital: z.literal('lcp'),
  /** Selector of the element; absent when it left the page. */
  target: text(120).optional(),
  /** Of an image, without its query. */
  url: text(160).optional(),
  firstByteMs: ms,
  loadDelayMs: ms,
  loadMs: ms,
  renderDelayMs: ms,
});
const inp = z.object({
  vital: z.literal('inp'),
  target: text(120).optional(),
  type: z.enum(['pointer', 'keyboard']).optional(),
  inputDelayMs: ms,
  processingMs: ms,
  presentationMs: ms,
});
const cls = z.object({ vital: z.literal('cls'), target: text(120).optional(), shift: z.number().min(0) });

/** What a page sends; the page label is put to it by the host. */
export const attributionParts = z.discriminatedUnion('vital', [lcp, inp, cls]);
export type AttributionParts = Readonly<z.output<typeof attributionParts>>;
export type Attribution = AttributionParts & { readonly page: string };

const attribution = attributionParts.and(z.object({ page: text(200) }));
const PREFIX = 'attribution.';
const MOST_FACTS = 30;

/** One fact each, JSON of a few fields: short enough that no border cuts it. */
export function attributionFacts(all: readonly Attribution[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.slice(0, MOST_FACTS).map((one, index) => [`${PREFIX}${index + 1}`, JSON.stringify(one)]),
  );
}

/** The way back, from the facts of an observation; what cannot be read is left out. */
export function readAttributions(facts: Readonly<Record<string, string>>): readonly Attribution[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (!name.startsWith(PREFIX)) return [];
    const parsed = attribution.safeParse(parseJson(value));
    return parsed.success ? [parsed.data] : [];
  });
}

/** Control characters have no place in a sentence, and quotes would double in JSON. */
function plain(value: string): string {
  return value.replace(/["\\\p{C}\p{Z}]+/gu, ' ').trim();
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Cut or masked within: then nothing is known, which `safeParse` says of undefined.
    return undefined;
  }
}
