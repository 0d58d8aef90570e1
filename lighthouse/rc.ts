import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, resolve } from 'node:path';
import { z } from 'zod';
import { type Diagnostic, messageOf } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { mergeDeep } from './merge-deep.ts';
import { FORM_FACTORS, type FormFactor, THROTTLINGS } from './options.ts';

const oneOrMany = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

/** Settings that we read or replace; all others go to Lighthouse as they are. */
const settings = z.looseObject({
  preset: z.string().optional(),
  formFactor: z.enum(FORM_FACTORS).optional(),
  chromeFlags: z.union([z.string(), z.array(z.string()).transform((flags) => flags.join(' '))]).optional(),
  onlyCategories: oneOrMany.optional(),
  onlyAudits: oneOrMany.optional(),
  extraHeaders: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  throttlingMethod: z.enum(THROTTLINGS).optional(),
  configPath: z.string().optional(),
});

const collect = z.looseObject({
  url: oneOrMany.default([]),
  numberOfRuns: z.int().min(1).max(20).optional(),
  settings: settings.default({}),
  method: z.literal('node', 'only the method node audits the target from this machine').default('node'),
  puppeteerScript: z.string().optional(),
  puppeteerLaunchOptions: z.looseObject({ args: z.array(z.string()).default([]) }).optional(),
});

const AGGREGATIONS = ['median', 'optimistic', 'pessimistic', 'median-run'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

const limits = z.strictObject({
  minScore: z.number().min(0).max(1).optional(),
  maxNumericValue: z.number().optional(),
  maxLength: z.number().min(0).optional(),
  aggregationMethod: z.enum(AGGREGATIONS).optional(),
});

const level = z.enum(['off', 'warn', 'error']);
type AssertionValue = { readonly level: z.output<typeof level>; readonly limits: Readonly<z.output<typeof limits>> };
/** `'error'`, `['error']` or `['error', { minScore: 0.9 }]`. Strict, because Lighthouse CI takes a mistyped level or limit in silence. */
const assertion = z.union([
  level.transform((only): AssertionValue => ({ level: only, limits: {} })),
  z.tuple([level]).transform(([only]): AssertionValue => ({ level: only, limits: {} })),
  z.tuple([level, limits]).transform(([first, second]): AssertionValue => ({ level: first, limits: second })),
]);
export const assertions = z.record(z.string(), assertion);
export type Assertions = Readonly<z.output<typeof assertions>>;

const row = {
  preset: z.string().optional(),
  assertions: z.unknown().optional(),
  aggregationMethod: z.enum(AGGREGATIONS).optional(),
};
const assertSection = z.strictObject({
  ...row,
  assertMatrix: z.array(z.strictObject({ ...row, matchingUrlPattern: z.string().optional() })).optional(),
  budgetsFile: z.string().optional(),
  includePassedAssertions: z.boolean().optional(),
  lhr: z.string().optional(),
});
export type AssertSection = Readonly<z.output<typeof assertSection>>;

const rcFile = z.object({ collect: collect.prefault({}), assert: assertSection.prefault({}) });

export type CollectSection = Readonly<z.output<typeof collect>>;
/** What lighthouserc.json says, checked. */
export type LighthouseRc = {
  readonly file: string;
  readonly folder: string;
  readonly collect: CollectSection;
  readonly assert: AssertSection;
};

export type RcOutcome =
  | { readonly ok: true; readonly rc: LighthouseRc }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

export function emptyRc(folder: string): LighthouseRc {
  return { file: '', folder, ...rcFile.parse({}) };
}

/** The form factor that `lhci collect` audits with this file. */
export function ownFormFactor(rc: LighthouseRc): FormFactor {
  const { preset, formFactor } = rc.collect.settings;
  return formFactor ?? (preset === 'desktop' ? 'desktop' : 'mobile');
}

/** Reads a Lighthouse CI configuration with all that it extends. JSON is read here; other formats by Lighthouse CI's own loader. */
export async function readRc(file: string, lhci: string): Promise<RcOutcome> {
  try {
    const raw = await loadSections(file, lhci, 0);
    const parsed = rcFile.safeParse(raw);
    if (!parsed.success) return { ok: false, problems: explain(parsed.error, 'ci', file) };
    return { ok: true, rc: { file, folder: dirname(file), ...parsed.data } };
  } catch (error) {
    const hint = 'check it with `npx lhci healthcheck`';
    return { ok: false, problems: [{ file, path: '', message: `cannot be read: ${messageOf(error)}`, hint }] };
  }
}

type Sections = Readonly<Record<string, unknown>>;
const loader = z.custom<(path: string) => unknown>((value) => typeof value === 'function');
const sections = z.looseObject({ extends: z.string().optional() });
const MAX_EXTENDS = 8;

async function loadSections(file: string, lhci: string, depth: number): Promise<Sections> {
  if (depth > MAX_EXTENDS) throw new Error(`more than ${MAX_EXTENDS} files extend each other; is there a circle?`);
  const raw = z.record(z.string(), z.unknown()).parse(await loadFile(file, lhci));
  const known = raw.ci ?? raw.lhci;
  if (known === undefined) throw new Error(`${file} has no key 'ci'; write { "ci": { "collect": … } }`);
  const own = sections.parse(known);
  if (own.extends === undefined) return own;
  const base = await loadSections(resolve(dirname(file), own.extends), lhci, depth + 1);
  return sections.parse(mergeDeep(base, own));
}

async function loadFile(file: string, lhci: string): Promise<unknown> {
  if (extname(file) === '.json') return JSON.parse(await readFile(file, 'utf8'));
  // YAML and JavaScript: the loader of the Lighthouse CI that will run, so that both read the same.
  const load = createRequire(await realpath(lhci))('@lhci/utils/src/lighthouserc.js');
  return z.object({ loadRcFile: loader }).parse(load).loadRcFile(file);
}

/** Problems of a file as a person wants them: where, what, and the word that was probably meant. */
export function explain(error: z.ZodError, path: string, file: string): readonly Diagnostic[] {
  return error.issues.flatMap((issue) => issuesOf(issue, path, file));
}

function issuesOf(issue: z.core.$ZodIssue, base: string, file: string): readonly Diagnostic[] {
  const path = [base, ...issue.path].map(String).join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, file));
  if (issue.code !== 'invalid_union') return [{ file, path, message: issue.message }];
  // The alternative that fits best is the one that complains deepest inside the value.
  const alternatives = issue.errors.map((issues) => issues.flatMap((inner) => issuesOf(inner, path, file)));
  const depth = (problems: readonly Diagnostic[]): number => Math.max(0, ...problems.map((one) => one.path.length));
  return [...alternatives].sort((a, b) => depth(b) - depth(a))[0] ?? [{ file, path, message: issue.message }];
}

const KNOWN_KEYS = [...Object.keys(limits.shape), ...Object.keys(assertSection.shape), 'matchingUrlPattern'];

function unknownKey(key: string, path: string, file: string): Diagnostic {
  const meant = suggest(key, KNOWN_KEYS);
  const message = `'${key}' is not known here; Lighthouse CI would ignore it in silence`;
  return { file, path, message, ...(meant === undefined ? {} : { hint: `did you mean '${meant}'?` }) };
}
