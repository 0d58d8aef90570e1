import type { Measure } from '../../core/measure.ts';
import type { Assertion, Evidence, Observation, Step, Taint } from '../../core/observation.ts';
import type { Secrets } from '../../core/secret.ts';
import { onOneLine } from '../playwright-message.ts';
import type { Collected } from './artefacts.ts';
import { type JourneyEnding, meaningOf } from './endings.ts';
import type { HostResult } from './protocol.ts';
import { VERSIONS } from './versions.ts';

/** What is known of one run, whatever became of it. */
export type RunReport = {
  readonly ending: JourneyEnding;
  /** All that must not be seen in the observation. */
  readonly secrets: Secrets;
  /** Absent when the host never answered. */
  readonly result?: HostResult;
  readonly chromium?: string;
  readonly taints: readonly Taint[];
  readonly collected: Collected;
  /** Origins on which the journey may end; `undefined` for any. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly facts: Readonly<Record<string, string>>;
};

/** Turns what a host reported into an observation, freed of secrets. */
export function toObservation(report: RunReport): Observation {
  const { ending, result, chromium, secrets } = report;
  const meaning = meaningOf(ending);
  const clean = secrets.scrub;
  const failed = meaning.means === 'failed' ? [meaning.assertion] : [];
  const passed = (result?.assertions.shown ?? []).map(({ expected, step }): Assertion => {
    return { ok: true, expected, actual: 'it did', ...(step === undefined ? {} : { step }) };
  });
  return {
    measures: (result?.measures ?? []).map((measure) => cleanMeasure(measure, clean)),
    steps: (result?.steps ?? []).map((step) => cleanStep(step, clean)),
    assertions: [...failed, ...passed].map((assertion) => cleanAssertion(assertion, clean)),
    evidence: evidenceOf(report),
    artefacts: report.collected.artefacts,
    tools: { ...VERSIONS_OF_TOOLS, ...(chromium === undefined ? {} : { chromium }) },
    taints: report.taints,
    facts: mapValues(factsOf(report), clean),
    ...(meaning.means === 'inconclusive' ? { fault: { ...meaning.fault, message: clean(meaning.fault.message) } } : {}),
  };
}

const { vigie: _ours, ...VERSIONS_OF_TOOLS } = VERSIONS;

function evidenceOf({ result, chromium, allowedOrigins }: RunReport): Evidence {
  const finalUrl = result?.finalUrl;
  const strayed =
    finalUrl !== undefined && allowedOrigins !== undefined && !allowedOrigins.includes(new URL(finalUrl).origin);
  return {
    browserStarted: { seen: chromium === undefined ? 0 : 1 },
    pages: { seen: result?.pagesLoaded ?? 0, ...otherPages(result) },
    assertions: { seen: result?.assertions.passed ?? 0, ...absences(result) },
    unrecorded: { seen: result?.unrecorded ?? 0 },
    strayedPages: strayed ? { seen: 1, detail: `it ended on ${new URL(finalUrl).origin}` } : { seen: 0 },
  };
}

function otherPages(result: HostResult | undefined): { readonly detail?: string } {
  const others = result?.otherPages ?? [];
  return others.length === 0 ? {} : { detail: `other pages: ${others.join(', ')}` };
}

function absences(result: HostResult | undefined): { readonly detail?: string } {
  const count = result?.assertions.absences ?? 0;
  return count === 0 ? {} : { detail: `${count} more say only what is not there, which holds on a blank page as well` };
}

function factsOf({ result, facts, collected }: RunReport): Readonly<Record<string, string>> {
  return {
    ...result?.facts,
    ...(result?.finalUrl === undefined ? {} : { finalUrl: result.finalUrl }),
    ...(collected.dropped.length === 0 ? {} : { artefactsDropped: collected.dropped.join('; ') }),
    ...facts,
  };
}

type Clean = (text: string) => string;

function cleanMeasure({ name, value, unit, labels }: HostResult['measures'][number], clean: Clean): Measure {
  if (labels === undefined) return { name: clean(name), value, unit };
  const cleaned = mapValues(labels, clean);
  const { interaction } = cleaned;
  const general = interaction === undefined ? {} : { interaction: withoutDigits(interaction) };
  return { name: clean(name), value, unit, labels: { ...cleaned, ...general } };
}

/** Digits are ids, prices and dates: they would make a new name for each. Not before the secrets are out, which would not be found any more. */
function withoutDigits(text: string): string {
  return text.replace(/\d+/g, '0');
}

function cleanStep({ name, message, ...step }: HostResult['steps'][number], clean: Clean): Step {
  return { ...step, name: clean(name), ...(message === undefined ? {} : { message: clean(message) }) };
}

function cleanAssertion({ expected, actual, step, ...assertion }: Assertion, clean: Clean): Assertion {
  const where = step === undefined ? {} : { step: clean(step) };
  // Once more on one line: what a line end kept apart could be a secret now.
  return {
    ...assertion,
    expected: clean(onOneLine(clean(expected))),
    actual: clean(onOneLine(clean(actual))),
    ...where,
  };
}

function mapValues(record: Readonly<Record<string, string>>, clean: Clean): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, clean(value)]));
}
