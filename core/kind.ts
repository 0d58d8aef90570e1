import type { z } from 'zod';
import type { AddressRules } from './address-rules.ts';
import type { CheckKind, Lane, Target } from './check.ts';
import type { Clock, Instant } from './clock.ts';
import type { Diagnostic } from './errors.ts';
import type { CheckId, RunId } from './identifiers.ts';
import type { Log } from './log.ts';
import type { MeasureCatalogue } from './measure.ts';
import type { EvidenceRule, Observation } from './observation.ts';
import type { AttemptPurpose } from './run.ts';
import type { Secrets } from './secret.ts';

/** A program that checks drive, as found on this machine. */
export type ToolName = 'chromium' | 'k6' | 'lhci' | 'lighthouse' | 'playwright';
export type ToolFound = {
  readonly found: true;
  readonly path: string;
  readonly version: string;
  readonly from: string;
};
export type ToolMissing = { readonly found: false; readonly looked: readonly string[]; readonly mend: string };
export type Tools = { find(name: ToolName): Promise<ToolFound | ToolMissing> };

/** Pings that jobs elsewhere sent us, and whether we were able to hear them. */
export type HeartbeatSource = {
  lastPingAt(check: CheckId): Instant | undefined;
  /** When this check was first watched; before it nothing can be said. */
  watchedSince(check: CheckId): Instant;
  /** Whether our listener was down at any time in `[from, to]`. */
  listenerWasDown(from: Instant, to: Instant): boolean;
};

/** A place that a check connects to. */
export type Endpoint = {
  readonly host: string;
  readonly port: number;
  /** What is asked for there, where many things can be; two paths of one host are two releases of a gate. */
  readonly path?: string;
  /** The check asks resolvers of its own for the name. */
  readonly ownResolver?: boolean;
  /** It may well refuse a plain connection, so it says nothing about the network. */
  readonly isNoWitness?: boolean;
};

/** What one line of progress says; printed by commands, dropped by the daemon. */
export type Progress = { readonly text: string /** 0 to 1 where known. */; readonly done?: number };

/** What an attempt is given. Everything a runner may touch arrives here. */
export type RunContext = {
  readonly check: { readonly id: CheckId; readonly name: string; readonly timeoutMs: number };
  readonly run: RunId;
  readonly target: Target;
  readonly attempt: { readonly number: number; readonly purpose: AttemptPurpose };
  /** `full` asks for everything (trace, HAR); `standard` for what costs little. */
  readonly recording: 'standard' | 'full';
  /** Fires at the deadline and on cancellation; the reason is a `Fault` when it is not the deadline. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly tools: Tools;
  /** Makes, on first use, the empty folder of this attempt; artefacts named in the observation are kept from it, the rest goes. Light runs that leave nothing cost nothing. */
  readonly artefactFolder: () => Promise<string>;
  /** Folder of the configuration file; relative paths in options are resolved against it. */
  readonly baseFolder: string;
  readonly heartbeats: HeartbeatSource;
  /** Hosts or CIDR blocks that load may be sent to when the check names none itself. Absent: nowhere. */
  readonly loadAllow?: readonly string[];
  /** Which addresses may be reached when the check says nothing else. Absent: no rules. */
  readonly addresses?: AddressRules;
  /** Whether a load or production run was armed on the command line. */
  readonly armed: boolean;
  readonly progress: (progress: Progress) => void;
  readonly log: Log;
};

/** What a kind may need to look into the files of its options. */
export type InspectServices = Pick<RunContext, 'baseFolder' | 'tools' | 'signal'>;

/** What a kind may need to open its long-lived resource (a warm browser, a shared TLS context). */
export type KindServices = {
  readonly clock: Clock;
  readonly log: Log;
  readonly tools: Tools;
  readonly secrets: Secrets;
  readonly baseFolder: string;
  /** Folder for state that survives runs, e.g. login states; mode 0700. */
  readonly stateFolder: string;
};

/** One row of the table that maps how a tool can end to what that means. Shown in the documentation and tested row by row. */
export type Ending = {
  readonly when: string;
  readonly means: 'measured' | 'failed' | 'inconclusive';
  readonly code: string;
};

/**
 * A kind of check: one frozen object exported from the `kind.ts` of its folder and listed once in `app/kinds.ts`.
 * `run` turns options into an observation and never throws for anything the target, a tool or the host does:
 * that is an assertion that did not hold, or `observation.fault`.
 */
export interface Kind<
  Schema extends z.ZodType = z.ZodType,
  Resource = unknown,
  Name extends CheckKind = CheckKind,
  Measures extends MeasureCatalogue = MeasureCatalogue,
> {
  readonly kind: Name;
  /** What the kind takes besides the common options of a check. Strict: unknown keys are refused. */
  readonly schema: Schema;
  lane(options: z.output<Schema>): Lane;
  /** Milliseconds; what a check of this kind gets as deadline of one attempt when it names none. */
  readonly defaultTimeoutMs: number;
  evidence(options: z.output<Schema>): readonly EvidenceRule[];
  readonly measures: Measures;
  readonly endings: readonly Ending[];
  /** Tools without which no run of this kind can measure. */
  needs(options: z.output<Schema>): readonly ToolName[];
  /** Files the options name, relative to the configuration; missing ones are configuration errors. */
  files(options: z.output<Schema>): readonly string[];
  /** What is wrong inside the files that the options name. Asked by `vigie validate`; a run says the same as a fault. */
  inspect?(options: z.output<Schema>, services: InspectServices): Promise<readonly Diagnostic[]>;
  /** Where a run connects to directly, when that can be said; default the target's base URL. Used to tell our network from the target. */
  endpoint?(options: z.output<Schema>, target: Target): Endpoint | undefined;
  /** Its runner watches the CPU of this machine itself, knowing what it asked of it, and marks its observation. */
  readonly watchesHost?: true;
  /** Opens what runs share; called once, lazily, by the engine. */
  open(services: KindServices): Promise<Resource>;
  close(resource: Resource): Promise<void>;
  run(options: z.output<Schema>, context: RunContext, resource: Resource): Promise<Observation>;
}

/** Freezes a kind. The compiler infers its option, measure and name types, from which the check function of the configuration is made. */
export function defineKind<
  Schema extends z.ZodType,
  Resource,
  const Name extends CheckKind,
  const Measures extends MeasureCatalogue,
>(kind: Kind<Schema, Resource, Name, Measures>): Kind<Schema, Resource, Name, Measures> {
  return Object.freeze(kind);
}
