import { cut } from '../../core/cut.ts';
import type { Fault } from '../../core/fault.ts';
import type { Labels, Measure } from '../../core/measure.ts';
import type { Assertion, Evidence, Observation, Step } from '../../core/observation.ts';

/** Longer texts of a target are cut: they go into the store, notices and pages. */
const LONGEST_TEXT = 1_000;
/** The message of a fault may carry the end of a tool's output. */
const LONGEST_MESSAGE = 4_000;

/**
 * What a runner saw, as it may go on to judge, store and people: without secrets, whatever the runner forgot, with texts of
 * bounded length, and without numbers that are none. Every kind passes here, so no sink needs to think of it again.
 */
export function atTheBorder(observation: Observation, scrub: (text: string) => string): Observation {
  const text = (value: string): string => cut(scrub(value), LONGEST_TEXT);
  const { measures, steps, assertions, evidence, facts, fault, ...rest } = observation;
  return {
    ...rest,
    measures: numbersOnly(measures).map((measure) => cleanMeasure(measure, text)),
    steps: steps.map((step) => cleanStep(step, text)),
    assertions: assertions.map((assertion) => cleanAssertion(assertion, text)),
    evidence: cleanEvidence(evidence, text),
    facts: mapValues(facts, text),
    ...(fault === undefined ? {} : { fault: cleanFault(fault, scrub) }),
  };
}

/** A measure of which one sample is no number goes whole: the samples that are left would be judged as if they were all. */
function numbersOnly(measures: readonly Measure[]): readonly Measure[] {
  const spoilt = new Set(measures.filter(({ value }) => !Number.isFinite(value)).map(({ name }) => name));
  return spoilt.size === 0 ? measures : measures.filter(({ name }) => !spoilt.has(name));
}

function cleanMeasure(measure: Measure, text: (value: string) => string): Measure {
  return measure.labels === undefined ? measure : { ...measure, labels: mapValues(measure.labels, text) };
}

function cleanStep(step: Step, text: (value: string) => string): Step {
  const { message } = step;
  return { ...step, name: text(step.name), ...(message === undefined ? {} : { message: text(message) }) };
}

function cleanAssertion(assertion: Assertion, text: (value: string) => string): Assertion {
  const { step } = assertion;
  return {
    ...assertion,
    expected: text(assertion.expected),
    actual: text(assertion.actual),
    ...(step === undefined ? {} : { step: text(step) }),
  };
}

function cleanEvidence(evidence: Evidence, text: (value: string) => string): Evidence {
  if (!Object.values(evidence).some(({ detail }) => detail !== undefined)) return evidence;
  return Object.fromEntries(
    Object.entries(evidence).map(([item, { seen, detail }]) => [
      item,
      { seen, ...(detail === undefined ? {} : { detail: text(detail) }) },
    ]),
  );
}

function cleanFault(fault: Fault, scrub: (text: string) => string): Fault {
  return { ...fault, message: cut(scrub(fault.message), LONGEST_MESSAGE) };
}

function mapValues(texts: Labels, change: (value: string) => string): Labels {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, change(value)]));
}
