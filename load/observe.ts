import { cut } from '../core/cut.ts';
import type { Fault } from '../core/fault.ts';
import type { RunContext } from '../core/kind.ts';
import { type Artefact, EMPTY_OBSERVATION, type Evidence, type Observation } from '../core/observation.ts';
import type { Secrets } from '../core/secret.ts';
import { formatQuantity } from '../core/units.ts';
import type { ProcessEnding } from '../process/ending.ts';
import { decideEnding } from './endings.ts';
import { type GeneratorState, generatorMeasures, judgeGenerator } from './generator.ts';
import type { K6Log } from './log.ts';
import { toMeasures } from './measures.ts';
import type { LoadOptions } from './options.ts';
import type { Summary, SummaryResult } from './parse.ts';
import type { K6Output } from './progress.ts';
import { basicAssertions, blockedFault, countIterations, gatherEvidence, requestFault } from './requests.ts';
import { judgeThresholds } from './thresholds.ts';

/** Where k6 ended and what it said meanwhile. */
export type Executed = {
  readonly ending: ProcessEnding;
  readonly log: K6Log;
  readonly output: K6Output;
  readonly generator: GeneratorState | undefined;
  readonly deadlineMs: number;
};

export type Surroundings = {
  readonly options: LoadOptions;
  readonly context: Pick<RunContext, 'signal' | 'secrets'>;
  readonly artefacts: readonly Artefact[];
  /** Version. */
  readonly k6: string;
  readonly cores: number;
};

/** Puts together what the summary, the log, the exit code and the machine say. */
export function observe(executed: Executed, summary: SummaryResult, surroundings: Surroundings): Observation {
  const { ending, log, deadlineMs, output, generator } = executed;
  const { options, context, artefacts, k6, cores } = surroundings;
  const seen = summary.read ? observeSummary(summary.summary, executed, options) : undefined;
  const cancelled = reasonOf(context.signal);
  const ended = decideEnding({
    ending,
    log,
    output,
    deadlineMs,
    summary: summary.read ? { read: true, crossed: seen?.crossed ?? 0 } : { read: false, problem: summary.problem },
    ...(cancelled === undefined ? {} : { cancelled }),
  });
  // The most telling cause first: a blocked address makes scripts throw, and a starved host makes everything slow.
  const why = blockedFault(log) ?? ended.fault ?? seen?.fault;
  const observation: Observation = {
    ...EMPTY_OBSERVATION,
    measures: [
      ...(seen?.measures ?? []),
      ...generatorMeasures(generator, ending.usage, { durationMs: ending.durationMs, cores }),
    ],
    assertions: [...ended.assertions, ...(seen?.assertions ?? [])],
    evidence: seen?.evidence ?? {},
    artefacts,
    tools: { k6 },
    taints: seen?.taints ?? [],
    facts: factsOf(executed, options),
    ...(why === undefined ? {} : { fault: why }),
  };
  return scrubbed(observation, context.secrets);
}

type Seen = Pick<Observation, 'measures' | 'assertions' | 'evidence' | 'taints'> & {
  readonly crossed: number;
  readonly fault: Fault | undefined;
};

function observeSummary(summary: Summary, { log, output, generator }: Executed, { units }: LoadOptions): Seen {
  const thresholds = judgeThresholds(summary, units);
  const iterations = countIterations(summary, output);
  const generated = judgeGenerator(generator, iterations);
  const { completed } = iterations;
  return {
    measures: toMeasures(summary, units),
    assertions: [...thresholds.assertions, ...basicAssertions(summary, log)],
    evidence: gatherEvidence(summary, log, {
      completed,
      thresholds: thresholds.assertions.length,
      withoutSamples: thresholds.withoutSamples,
    }),
    taints: generated.taints,
    crossed: thresholds.crossed,
    fault: requestFault(log, summary) ?? generated.fault,
  };
}

/** The fault that somebody gave as the reason for stopping; the engine's deadline gives none. */
function reasonOf(signal: AbortSignal): Fault | undefined {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  return isFaultValue(reason) ? reason : undefined;
}

function isFaultValue(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'code' in value && 'blame' in value && 'message' in value;
}

function factsOf({ log, output }: Executed, { script }: LoadOptions): Readonly<Record<string, string>> {
  const { last, longestMs } = output;
  const facts = {
    script,
    elapsed: last?.elapsed,
    interruptedIterations: last === undefined || last.interrupted === 0 ? undefined : String(last.interrupted),
    longest: longestMs === undefined ? undefined : formatQuantity(longestMs, 'ms'),
    failedRequests:
      log.failedRequests.count === 0
        ? undefined
        : `${log.failedRequests.count}, first: ${log.failedRequests.first ?? ''}`,
    unknownOption: log.unknownOption,
    exceptions:
      log.exceptions.count === 0 ? undefined : `${log.exceptions.count}, first: ${log.exceptions.first ?? ''}`,
    k6Errors: log.errors.length === 0 ? undefined : log.errors.join(' | '),
  };
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, cut(value, 1_000)]],
  );
  return Object.fromEntries(known);
}

/** k6 quotes URLs, exceptions and threshold names of the script, and any of them may hold a secret. */
function scrubbed(observation: Observation, { scrub }: Pick<Secrets, 'scrub'>): Observation {
  const { assertions, evidence, facts, fault } = observation;
  return {
    ...observation,
    assertions: assertions.map((assertion) => ({
      ...assertion,
      expected: scrub(assertion.expected),
      actual: scrub(assertion.actual),
    })),
    evidence: scrubEvidence(evidence, scrub),
    facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, scrub(value)])),
    measures: observation.measures.map((measure) =>
      measure.labels === undefined
        ? measure
        : {
            ...measure,
            labels: Object.fromEntries(Object.entries(measure.labels).map(([name, value]) => [name, scrub(value)])),
          },
    ),
    ...(fault === undefined ? {} : { fault: { ...fault, message: scrub(fault.message) } }),
  };
}

function scrubEvidence(evidence: Evidence, scrub: Secrets['scrub']): Evidence {
  const entries = Object.entries(evidence).map(([name, { seen, detail }]) => [
    name,
    detail === undefined ? { seen } : { seen, detail: scrub(detail) },
  ]);
  return Object.fromEntries(entries);
}
