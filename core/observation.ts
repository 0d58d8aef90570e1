import type { Level } from './budget.ts';
import type { Fault } from './fault.ts';
import type { Labels, Measure } from './measure.ts';

/**
 * What an expectation that did not hold rests on, and so what else than the target could explain it (`core/blame.ts`):
 * `answer` the target itself said something wrong; `time` it took too long, or scored or delivered too little; `wait` nothing came in
 * time; `reach` no connection came about or stayed; `name` its name could not be resolved; `date` something is out of date by our clock.
 */
export const GROUNDS = ['answer', 'time', 'wait', 'reach', 'name', 'date'] as const;
export type Ground = (typeof GROUNDS)[number];

/** One expectation about the target that was executed. A fact, not an opinion: whether it held. */
export type Assertion = {
  readonly ok: boolean;
  /** What should be, e.g. `status is 200`. */
  readonly expected: string;
  /** What was, e.g. `503`; bounded to 1,000 characters, secrets scrubbed. */
  readonly actual: string;
  readonly step?: string;
  /** What not holding means: `warn` degrades the run. Default `fail`. */
  readonly level?: Level;
  /** What not holding rests on. Default `answer`: nothing but the target explains it. */
  readonly ground?: Ground;
};

/** A part of a run with a name, e.g. a step of a journey or a phase of a load test. */
export type Step = {
  readonly name: string;
  /** Milliseconds from the start of the attempt. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly message?: string;
};

/** What a run has seen, counted, by item name, e.g. `{ iterations: { seen: 300 } }`. A kind's evidence rules ask for a least number of each. */
export type Evidence = Readonly<Record<string, { readonly seen: number; readonly detail?: string }>>;

/** The least (or most) that must have been seen before a run may pass. */
export type EvidenceRule = {
  readonly item: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The fault when the rule is not met; its message is followed by what was seen. */
  readonly fault: Fault;
};

export const ARTEFACT_KINDS = [
  'screenshot',
  'trace',
  'har',
  'console',
  'requests',
  'report',
  'summary',
  'log',
  'raw',
] as const;
export type ArtefactKind = (typeof ARTEFACT_KINDS)[number];

/** A file a run leaves behind. The runner writes it below its artefact folder, already free of secrets; the store keeps it. */
export type Artefact = {
  readonly kind: ArtefactKind;
  /** Relative to the run's artefact folder, forward slashes, made by us and never by the target. */
  readonly file: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly labels?: Labels;
};

/** What produced a result: unlike is never compared with unlike without saying so. */
export type Provenance = {
  readonly vigie: string;
  /** Versions by tool, e.g. `{ k6: '2.2.0', chromium: '156.0.8078.79', node: '24.21.0' }`. */
  readonly tools: Readonly<Record<string, string>>;
  readonly host: HostFingerprint;
  /** How late the run started after its slot, milliseconds; absent for runs without a slot. */
  readonly latenessMs?: number;
  /** Longest event-loop delay of the measuring thread during the run, milliseconds. */
  readonly eventLoopLagMs?: number;
  /** Share of CPU time stolen by the hypervisor during the run, 0 to 1. */
  readonly cpuSteal?: number;
  /** Load average over one minute divided by the number of cores. */
  readonly loadPerCore?: number;
  /** Score of our CPU benchmark (higher is faster), on runs of the browser and exclusive lanes. */
  readonly cpuFitness?: number;
  /** How old that score was when the run began, milliseconds; it is measured at most once a minute. */
  readonly cpuFitnessAgeMs?: number;
  /** What else the host went through, where it was bad enough to count. */
  readonly strain?: Strain;
  /** What was found about our own network when the run failed to reach its target. */
  readonly witnesses?: Witnesses;
};

/** Signals of a host in trouble; each is present only beyond the limit from which it counts. */
export type Strain = {
  /** Share of time in which a process waited for a CPU, 0 to 1 (pressure stall information). */
  readonly cpuWaiting?: number;
  /** Share of time in which the CPU limit of our cgroup kept processes from running, 0 to 1. */
  readonly cpuThrottled?: number;
  /** Share of time in which a process waited for memory, 0 to 1 (pressure stall information). */
  readonly memoryWaiting?: number;
  /** Free memory as a share of all, 0 to 1. */
  readonly memoryFree?: number;
  /** Processes beside us that the system killed because memory ran out. */
  readonly oomKills?: number;
  /** What this machine ran out of in the same moment, as another run met it. */
  readonly shortage?: Shortage;
  /** The wall clock was set while the run measured. */
  readonly clockJumped?: boolean;
};
export type Shortage = 'host-descriptors' | 'host-processes' | 'host-memory';

/** An endpoint that was asked whether it can be reached, because the target could not. */
export type Witness = {
  /** `host:port`. */
  readonly endpoint: string;
  readonly reached: boolean;
  /** What the resolver did with its name; absent when nobody had to be asked for it. */
  readonly name?: 'resolved' | 'unresolved';
};

/** What speaks for or against our own network, at the moment in which a target could not be reached. */
export type Witnesses = {
  /** Whether this machine has a network interface that is up, loopback aside. */
  readonly hasNetwork: boolean;
  /** The reference endpoints of `settings.controls`. */
  readonly controls: readonly Witness[];
  /** Without controls: other targets, unrelated to this one and to each other. */
  readonly others: readonly Witness[];
  /** Another run reached its target over the network while the witnesses were asked. */
  readonly answeredMeanwhile: boolean;
  /** The check names resolvers of its own, so that the system's says nothing about them. */
  readonly ownResolver: boolean;
};

export type HostFingerprint = {
  readonly platform: string;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
};

/** Circumstances that make a result less trustworthy; the run is kept and marked. */
export const TAINTS = [
  'event-loop-lag',
  'host-overloaded',
  'cpu-steal',
  'cpu-unfit',
  'memory-pressure',
  'clock-jump',
  'late',
  'beside-exclusive',
  'unsandboxed',
  'output-truncated',
  'recovered-on-retry',
  'tool-unpinned',
  'doubtful',
] as const;
export type Taint = (typeof TAINTS)[number];

/** What a runner measured in one attempt. No opinion about good or bad. */
export type Observation = {
  readonly measures: readonly Measure[];
  readonly steps: readonly Step[];
  readonly assertions: readonly Assertion[];
  readonly evidence: Evidence;
  readonly artefacts: readonly Artefact[];
  /** Tool versions the runner knows; the engine adds the rest of the provenance. */
  readonly tools: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Facts for people and for later comparison, e.g. `{ finalUrl, lcpElement }`. Scrubbed, bounded to 1,000 characters each. */
  readonly facts: Readonly<Record<string, string>>;
  /** Set when the runner could not measure. */
  readonly fault?: Fault;
};

/** An observation of nothing; runners spread what they have over it. */
export const EMPTY_OBSERVATION: Observation = Object.freeze({
  measures: [],
  steps: [],
  assertions: [],
  evidence: {},
  artefacts: [],
  tools: {},
  taints: [],
  facts: {},
});
