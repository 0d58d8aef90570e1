import { z } from 'zod';

export const FORM_FACTORS = ['mobile', 'desktop'] as const;
export type FormFactor = (typeof FORM_FACTORS)[number];

/** The categories that are asked by default. Lighthouse 13 would add `agentic-browsing`, which fetches files of its own from the target. */
export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

/** How the network and the CPU are slowed: modelled afterwards, really slowed, or not at all. */
export const THROTTLINGS = ['simulate', 'devtools', 'provided'] as const;

const pagePath = z
  .string()
  .max(500)
  .regex(
    /^\/(?![/\\])[^\s#]*$/,
    "a page is a path that begins with one '/', e.g. '/parts?q=filter', without a fragment",
  );

const secretRef = z.strictObject({ secret: z.string().min(1), from: z.enum(['environment', 'file']) });

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'this cannot be the name of an HTTP header');

function isWithoutRepeats(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

export const auditOptions = z
  .strictObject({
    /** Paths to audit, resolved against the target, 1 to 50. Default: the paths of `collect.url` in lighthouserc.json. Example `['/', '/parts?q=filter']`. */
    pages: z.array(pagePath).min(1).max(50).refine(isWithoutRepeats, 'a page is listed twice').optional(),
    /** Where a page is expected to end when it redirects; any other page is refused as the wrong one. Default none. Example `{ '/': '/fr/' }`. */
    redirects: z.record(pagePath, pagePath).default({}),
    /** Devices to emulate, each with a collect of its own. Default both. Example `['mobile']`. */
    formFactors: z
      .array(z.enum(FORM_FACTORS))
      .min(1)
      .refine(isWithoutRepeats, 'a form factor is listed twice')
      .default(['mobile', 'desktop']),
    /** Audits of each page and form factor, 1 to 20; the median of them is judged. Default `collect.numberOfRuns` of lighthouserc.json, else 3. Example `5`. */
    runs: z.int().min(1).max(20).optional(),
    /** Fewer valid audits of a page than this make the run inconclusive, 1 to `runs`. Default more than half of `runs`. Example `3`. */
    validRuns: z.int().min(1).max(20).optional(),
    /** The Lighthouse CI configuration, relative to the configuration file. Default `lighthouserc.json` when it is there; any other file that Lighthouse CI would read must be named. Example `'audits/lighthouserc.json'`. */
    config: z.string().min(1).optional(),
    /** Form factors whose audits must keep the assertions of lighthouserc.json. Default the one that file collects, or all when that one is not audited. Example `['mobile', 'desktop']`. */
    assertOn: z.array(z.enum(FORM_FACTORS)).min(1).refine(isWithoutRepeats, 'a form factor is listed twice').optional(),
    /** Categories to score. Default `collect.settings.onlyCategories` of lighthouserc.json, else all four. Example `['performance']`. */
    categories: z.array(z.enum(CATEGORIES)).min(1).refine(isWithoutRepeats, 'a category is listed twice').optional(),
    /** How network and CPU are slowed; compare only like with like. Default that of lighthouserc.json, else `simulate` (numbers are modelled). Example `'devtools'`. */
    throttling: z.enum(THROTTLINGS).optional(),
    /** Headers for pages behind a login. They go with every request of the page, to other origins too. Default none. Example `{ Cookie: secret('SESSION') }`. */
    headers: z.record(headerName, z.union([z.string(), secretRef])).default({}),
    /** Which Lighthouse results stay with the run: of every audit, or of the median one of each page. Default `all`. Example `'median'`. */
    keep: z.enum(['all', 'median']).default('all'),
  })
  .refine(({ runs, validRuns }) => runs === undefined || validRuns === undefined || validRuns <= runs, {
    path: ['validRuns'],
    message: 'more valid audits are asked for than `runs` makes',
  })
  .refine(({ assertOn, formFactors }) => assertOn?.every((name) => formFactors.includes(name)) ?? true, {
    path: ['assertOn'],
    message: 'names a form factor that is not audited',
  });

export type AuditOptions = Readonly<z.output<typeof auditOptions>>;

export const DEFAULT_RUNS = 3;
export const DEFAULT_CONFIG = 'lighthouserc.json';

/** More than half, so that the median stands on audits that agree. */
export function leastValidRuns(options: Pick<AuditOptions, 'validRuns'>, runs: number): number {
  return Math.min(runs, options.validRuns ?? Math.floor(runs / 2) + 1);
}
