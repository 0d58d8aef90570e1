import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from '@playwright/test';
import { z } from 'zod';
import { cut } from '../../../core/cut.ts';
import type { Measure } from '../../../core/measure.ts';
import { type Attribution, attributionFacts, attributionParts } from '../attribution.ts';
import { pageLabels } from './page-label.ts';
import { collectInPage } from './vitals-collector.ts';
import { within } from './within.ts';

export type Vitals = {
  /** Lets open pages report what they hold back until they are hidden; false when one of them did not answer. */
  readonly flush: () => Promise<boolean>;
  /** One measure per vital and page load, the last value of each. Nothing measured is absent, never 0. */
  readonly measures: () => readonly Measure[];
  /** How many came beyond the most that are kept. */
  readonly unrecorded: () => number;
  /** What stood behind the worst of each page, where that was recorded. */
  readonly facts: () => Readonly<Record<string, string>>;
};

const vitalReport = z.object({
  name: z.enum(['LCP', 'INP', 'CLS', 'FCP', 'TTFB']),
  id: z.string().max(100),
  value: z.number().min(0),
  url: z.string().max(2_000),
  /** Made of what stands in the page; one that is long is no reason to lose the value. */
  interaction: z
    .string()
    .transform((text) => cut(text, 100))
    .optional(),
  attribution: attributionParts.optional().catch(undefined),
});
type VitalReport = z.output<typeof vitalReport>;

/** A page that reloads itself, or makes vitals up, must not fill the memory of the host; a run with more cannot pass. */
const MOST_VITALS = 20_000;
const FLUSH_MS = 2_000;

export type VitalsOptions = {
  readonly baseUrl: string;
  /** Whether pages also say what stood behind each vital: a larger script with observers of its own, which costs them time. */
  readonly attributed: boolean;
};

/** Collects web-vitals on every page and navigation of a context. */
export async function collectVitals(context: BrowserContext, { baseUrl, attributed }: VitalsOptions): Promise<Vitals> {
  const latest = new Map<string, VitalReport>();
  let isFrozen = false;
  let unrecorded = 0;
  const take = (payload: unknown): void => {
    // What a page sends is the page's: whatever is not a vital is ignored.
    const parsed = vitalReport.safeParse(payload);
    if (!parsed.success || isFrozen) return;
    const { name, id, value } = parsed.data;
    if (name === 'INP' && value === 0) return;
    const key = `${name} ${id}`;
    if (latest.size < MOST_VITALS || latest.has(key)) latest.set(key, parsed.data);
    else unrecorded += 1;
  };
  // Sent in this order, so the binding is there when the script runs.
  await Promise.all([
    context.exposeBinding('vigieVital', (_source, payload: unknown) => take(payload)),
    context.addInitScript({ content: script(attributed) }),
  ]);
  return {
    flush: async () => {
      const answered = await Promise.all(context.pages().map(flushPage));
      isFrozen = true;
      return answered.every(Boolean);
    },
    measures: () => {
      const labelOf = pageLabels(baseUrl);
      return [...latest.values()].map((report) => toMeasure(report, labelOf(report.url)));
    },
    unrecorded: () => unrecorded,
    facts: () => attributionFacts(worstOfPages([...latest.values()], pageLabels(baseUrl))),
  };
}

async function flushPage(page: Page): Promise<boolean> {
  // A page that hangs or is gone has nothing more to say; what it reported so far is kept.
  const outcome = await within(
    FLUSH_MS,
    page.evaluate(() => globalThis.vigieFlush?.()),
  );
  return outcome.how !== 'late';
}

function toMeasure({ name, value, interaction }: VitalReport, page: string): Measure {
  const labels = interaction === undefined ? { page } : { page, interaction };
  switch (name) {
    case 'LCP':
    case 'INP':
    case 'FCP':
    case 'TTFB':
      return { name: name.toLowerCase(), value, unit: 'ms', labels };
    case 'CLS':
      return { name: 'cls', value, unit: 'score', labels };
  }
}

/** A page that is loaded again and again is explained by its worst load. */
function worstOfPages(reports: readonly VitalReport[], labelOf: (url: string) => string): readonly Attribution[] {
  const worst = new Map<string, Attribution>();
  for (const { name, url, attribution } of reports.toSorted((a, b) => a.value - b.value)) {
    const page = labelOf(url);
    if (attribution !== undefined) worst.set(`${name} ${page}`, { ...attribution, page });
  }
  return [...worst.values()];
}

const cachedScripts = new Map<string, string>();

/** The UMD builds set a global; the others stay inside the function that Playwright wraps around init scripts. */
function script(attributed: boolean): string {
  const build = attributed ? 'web-vitals/attribution' : 'web-vitals';
  const cached = cachedScripts.get(build);
  if (cached !== undefined) return cached;
  const umd = readFileSync(createRequire(import.meta.url).resolve(build), 'utf8');
  const made = `${umd}\n;(${collectInPage.toString()})();`;
  cachedScripts.set(build, made);
  return made;
}
