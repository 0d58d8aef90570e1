import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import { mergeDeep } from './merge-deep.ts';
import type { FormFactor } from './options.ts';
import { asRecord, readRcFile, type Sections } from './rc-file.ts';
import { explain } from './rc-problems.ts';
import { type AssertSection, type CollectSection, ci } from './rc-sections.ts';

/** What lighthouserc.json says, checked. */
export type LighthouseRc = {
  readonly file: string;
  readonly folder: string;
  readonly collect: CollectSection;
  readonly assert: AssertSection;
  /** Whether there is a section `assert` at all; one that asserts nothing is a mistake. */
  readonly hasAssert: boolean;
  /** The file and those that it extends, as they are written. */
  readonly written: readonly WrittenFile[];
};

type WrittenFile = { readonly file: string; readonly sections: Sections };

export type RcOutcome =
  | { readonly ok: true; readonly rc: LighthouseRc }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

export function emptyRc(folder: string): LighthouseRc {
  const { collect, assert } = ci.parse({});
  return { file: '', folder, collect, assert, hasAssert: false, written: [] };
}

/** The form factor that `lhci collect` audits with this file. */
export function ownFormFactor(rc: LighthouseRc): FormFactor {
  const { preset, formFactor } = rc.collect.settings;
  return formFactor ?? (preset === 'desktop' ? 'desktop' : 'mobile');
}

/**
 * Reads a Lighthouse CI configuration with all that it extends. Each file is checked by itself, so that a problem names the file
 * it stands in.
 */
export async function readRc(file: string, lhci: string): Promise<RcOutcome> {
  const { written, problems } = await readChain(file, lhci, []);
  if (problems.length > 0) return { ok: false, problems };
  const sections = asRecord(written.map((one) => one.sections).reduceRight(mergeSections, {}));
  const parsed = ci.safeParse(sections);
  if (!parsed.success) return { ok: false, problems: explain(parsed.error, { file, path: 'ci' }) };
  const { collect, assert } = parsed.data;
  const hasAssert = sections.assert !== undefined;
  return { ok: true, rc: { file, folder: dirname(file), collect, assert, hasAssert, written } };
}

function mergeSections(base: Sections, own: Sections): Sections {
  return asRecord(mergeDeep(base, own));
}

/** The file in which a value stands, e.g. that of `ci.assert.preset`: the first that has it is the one that counts. */
export function fileWith(path: string, rc: LighthouseRc): string {
  const keys = path.split('.').slice(1);
  const has = (value: unknown): boolean => keys.reduce((inner, key) => asRecord(inner)[key], value) !== undefined;
  return rc.written.find(({ sections }) => has(sections))?.file ?? rc.file;
}

type Chain = { readonly written: readonly WrittenFile[]; readonly problems: readonly Diagnostic[] };

async function readChain(file: string, lhci: string, extendedBy: readonly string[]): Promise<Chain> {
  if (extendedBy.includes(file)) {
    const message = `files extend each other: ${[...extendedBy, file].join(', ')}`;
    return { written: [], problems: [{ file, path: 'ci.extends', message }] };
  }
  const { sections, problems } = await readRcFile(file, lhci);
  const written = [{ file, sections }];
  if (typeof sections.extends !== 'string') return { written, problems };
  const base = await readChain(resolve(dirname(file), sections.extends), lhci, [...extendedBy, file]);
  return { written: [...written, ...base.written], problems: [...problems, ...base.problems] };
}
