import { z } from 'zod';
import { launchOptions } from './rc-launch-options.ts';
import * as other from './rc-other-sections.ts';
import { oneOrMany, settings } from './rc-settings.ts';

export const collect = z.strictObject({
  url: oneOrMany.default([]),
  numberOfRuns: z.int().min(1).max(20).optional(),
  settings: settings.default({}),
  method: z.literal('node', 'only the method node audits the target from this machine').default('node'),
  puppeteerScript: z.string().optional(),
  puppeteerLaunchOptions: launchOptions.optional(),
  // These are for what `lhci collect` does besides auditing; the facts of a run name those that would have changed it.
  headful: z.unknown().optional(),
  additive: z.unknown().optional(),
  chromePath: z.unknown().optional(),
  startServerCommand: z.unknown().optional(),
  startServerReadyPattern: z.unknown().optional(),
  startServerReadyTimeout: z.unknown().optional(),
  staticDistDir: z.unknown().optional(),
  isSinglePageApplication: z.unknown().optional(),
  autodiscoverUrlBlocklist: z.unknown().optional(),
  maxAutodiscoverUrls: z.unknown().optional(),
  staticDirFileDiscoveryDepth: z.unknown().optional(),
  psiApiKey: z.unknown().optional(),
  psiApiEndpoint: z.unknown().optional(),
  psiStrategy: z.unknown().optional(),
  psiCategories: z.unknown().optional(),
});

const AGGREGATIONS = ['median', 'optimistic', 'pessimistic', 'median-run'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export const limits = z.strictObject({
  minScore: z.number().min(0).max(1, 'a score is 0 to 1: write 0.9 for 90').optional(),
  maxNumericValue: z.number().optional(),
  maxLength: z.number().min(0).optional(),
  aggregationMethod: z.enum(AGGREGATIONS).optional(),
});

const level = z.enum(['off', 'warn', 'error'], { error: ({ input }) => levelProblem(input) });

function levelProblem(input: unknown): string {
  if (typeof input === 'string') return `'${input}' is no level: write 'off', 'warn' or 'error'`;
  const form = `write 'error' or ['error', { "minScore": 0.9 }]`;
  if (input === null)
    return `there is nothing here, which Lighthouse CI takes for 'off': write 'off', or ${form.slice(6)}`;
  if (!Array.isArray(input) || input.length <= 2) return `is no assertion: ${form}`;
  return `has ${input.length} entries, and Lighthouse CI reads only the first two: ${form}, with all limits in one table`;
}

type AssertionValue = { readonly level: z.output<typeof level>; readonly limits: Readonly<z.output<typeof limits>> };
/** `'error'`, `['error']`, `['error', { minScore: 0.9 }]` or `false`, which is `'off'` for Lighthouse CI. Strict, because Lighthouse CI takes a mistyped level or limit in silence. */
const written = z.union([level, z.tuple([level, limits.optional()]), z.literal(false).transform(() => 'off' as const)]);
const assertion = written.transform(
  (value): AssertionValue =>
    typeof value === 'string' ? { level: value, limits: {} } : { level: value[0], limits: value[1] ?? {} },
);
export const assertions = z.record(z.string(), assertion);
export type Assertions = Readonly<z.output<typeof assertions>>;

const row = {
  preset: z.string().optional(),
  // As written: they become rules when they are merged with those of the preset.
  assertions: z.record(z.string(), written).optional(),
  aggregationMethod: z.enum(AGGREGATIONS).optional(),
};
export const matrixRow = z.strictObject({ ...row, matchingUrlPattern: z.string().optional() });
export const assertSection = z.strictObject({
  ...row,
  assertMatrix: z.array(matrixRow).optional(),
  budgetsFile: z.string().optional(),
  includePassedAssertions: z.boolean().optional(),
  lhr: z.string().optional(),
});
export type AssertSection = Readonly<z.output<typeof assertSection>>;

/** What stands under `ci`; `{}` is complete. */
export const ci = z.strictObject({
  extends: z.string().optional(),
  collect: collect.prefault({}),
  assert: assertSection.prefault({}),
  upload: other.upload.optional(),
  server: other.server.optional(),
  wizard: other.wizard.optional(),
});
export type CollectSection = Readonly<z.output<typeof collect>>;

export const serverOnly = z.strictObject({ server: other.server.optional() });

/** A whole file. Lighthouse CI takes the sections of all of these keys together. */
export const rcFile = z.strictObject({
  $schema: z.string().optional(),
  ci: ci.optional(),
  lhci: ci.optional(),
  'ci:client': ci.optional(),
  'ci:server': serverOnly.optional(),
});
