import type { Level, Limit } from '../budget.ts';
import type { CheckKind } from '../check.ts';
import type { Instant } from '../clock.ts';
import type { Blame } from '../fault.ts';
import type { CheckId, RunId } from '../identifiers.ts';
import type { Labels } from '../measure.ts';
import type { HostFingerprint, Taint } from '../observation.ts';
import type { Unit } from '../units.ts';
import type { Shift } from './hodges-lehmann.ts';

/** `base` is what is in production, `candidate` what may follow it. */
export const SIDES = ['base', 'candidate'] as const;
export type Side = (typeof SIDES)[number];

/** What the candidate is held against: a URL measured beside it, runs stored earlier, or absolute budgets alone. */
export const BASELINES = ['live', 'history', 'none'] as const;
export type Baseline = (typeof BASELINES)[number];

/** Cheap first; each stage ends before the next begins. */
export const STAGES = ['probes', 'journeys', 'audits', 'load'] as const;
export type Stage = (typeof STAGES)[number];

/** `undecided` could not be told in the time allowed, `inconclusive` could not be measured. */
export const GATE_STATUSES = ['passed', 'failed', 'undecided', 'inconclusive', 'interrupted'] as const;
export type GateStatus = (typeof GATE_STATUSES)[number];

/** Values of one side in the order of the pairs, one for each, and their median. */
export type SideValues = { readonly median: number; readonly values: readonly number[] };

/** `by` in the unit of the measure, or as a share of the baseline (`ratio: true`; 0.05 is 5 %). */
export type Effect = { readonly by: number; readonly ratio: boolean };

type RowBase = {
  readonly check: CheckId;
  readonly kind: CheckKind;
  readonly stage: Stage;
  /** Unique in a check, e.g. `lcp p75 {page=/parts}`. */
  readonly name: string;
  readonly measure: string;
  readonly labels?: Labels;
  readonly unit: Unit;
  /** Which way is good. */
  readonly better: 'lower' | 'higher';
  readonly candidate: SideValues;
  /** Runs whose artefacts show the worst of the candidate first; ids are those of `checks[].runs`. */
  readonly evidence: readonly RunId[];
  /** What is different on the slower side, most telling first, each a sentence for a person. */
  readonly explanations: readonly string[];
};

/** Held against the baseline. */
export type RelativeRow = RowBase & {
  readonly type: 'relative';
  readonly base: SideValues;
  /** Change of the candidate from the baseline with its interval: shares of the baseline when `effect.ratio`, else in `unit`. Above zero is larger, not worse. */
  readonly change: Shift;
  /** The least change that matters. */
  readonly effect: Effect;
  /** Whether the configuration asks for it (`noWorseThan`), or it is one of the usual measures of its kind. */
  readonly declared: boolean;
  readonly verdict: 'regressed' | 'not-regressed' | 'undecided';
};

/** Held against a fixed limit. */
export type AbsoluteRow = RowBase & {
  readonly type: 'absolute';
  /** For reading only. */
  readonly base?: SideValues;
  readonly limit: Limit;
  readonly level: Level;
  readonly verdict: 'broken' | 'kept' | 'undecided';
};

export type GateRow = RelativeRow | AbsoluteRow;

export const PURPOSES = ['warm-up', 'evidence'] as const;

/** One run that the gate made (or took out of the store). */
export type GateRun = {
  readonly id: RunId;
  readonly side: Side;
  /** 0 for the first pair; -1 for a run that is no part of one. */
  readonly pair: number;
  /** Outside of the statistics: `warm-up` meets a deployment cold; `evidence` is recorded in full after the decision, to show what is different. */
  readonly purpose?: (typeof PURPOSES)[number];
  readonly status: 'passed' | 'degraded' | 'failed' | 'inconclusive' | 'skipped';
  readonly taints: readonly Taint[];
  readonly startedAt: Instant;
  readonly durationMs: number;
  /** Relative to the folder of the report, forward slashes. */
  readonly artefacts: readonly { readonly kind: string; readonly file: string }[];
};

/** How a check fared as a whole, its values aside. */
export type GateCheck = {
  readonly check: CheckId;
  readonly kind: CheckKind;
  readonly name: string;
  readonly stage: Stage;
  /**
   * `measured`: its values are in the rows. `broken`: the candidate does not do what the check asserts. `base-broken`: the baseline
   * does not, so nothing can be compared. `not-measured`: it could not be run. `not-run`: its turn did not come.
   */
  readonly status: 'measured' | 'broken' | 'base-broken' | 'not-measured' | 'not-run';
  /** Why it is not `measured`, one sentence each. */
  readonly reasons: readonly string[];
  readonly blame?: Blame;
  readonly runs: readonly GateRun[];
};

export const LOOKS = ['before', 'during', 'after'] as const;
/** One look at the CPU of the machine that measures. */
export type FitnessLook = { readonly when: (typeof LOOKS)[number]; readonly score: number };

export type Runner = {
  readonly host: HostFingerprint;
  readonly tools: Readonly<Record<string, string>>;
  readonly fitness: readonly FitnessLook[];
  /** Share of runs under a taint of this machine, 0 to 1. */
  readonly taintedShare: number;
  /** Why this machine was in no state to measure; then there is no verdict of values. */
  readonly unfit?: string;
};

/** Error rates that the verdict stands on. */
export type Rates = {
  /** Chance that a release that changes nothing fails, over the whole gate. */
  readonly falseAlarm: number;
  /** Chance that one measure that is worse by its least effect passes. */
  readonly miss: number;
  /** From `vigie gate --calibrate` on a machine with this fingerprint. */
  readonly calibrated?: Calibration;
};

/** What gating the baseline against itself showed. */
export type Calibration = {
  readonly gates: number;
  readonly falseAlarms: number;
  /** Upper end of the one-sided 95 % interval of the false-alarm rate (Clopper & Pearson). */
  readonly falseAlarmAtMost: number;
  /** Median over measures of the standard deviation of one paired log-ratio. */
  readonly noise: number;
  readonly pairs: number;
  readonly at: Instant;
  readonly fingerprint: string;
};

/** A whole release decision. */
export type GateResult = {
  readonly status: GateStatus;
  /** One sentence for a person: why. */
  readonly reason: string;
  readonly blame?: Blame;
  readonly baseline: Baseline;
  readonly urls: { readonly candidate: string; readonly base?: string };
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly maxDurationMs: number;
  /** The worst first. */
  readonly rows: readonly GateRow[];
  readonly checks: readonly GateCheck[];
  readonly rates: Rates;
  readonly runner: Runner;
  /** What a reader should know: measures seen on one side only, unlike fingerprints, a baseline that fails. */
  readonly notes: readonly string[];
};
