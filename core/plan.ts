import type { AddressRules } from './address-rules.ts';
import type { ApiToken } from './api-token.ts';
import type { Check } from './check.ts';
import type { SecretRef } from './secret.ts';

export type WebhookChannel = {
  readonly type: 'webhook';
  readonly id: string;
  readonly url: string | SecretRef;
  readonly headers: Readonly<Record<string, string | SecretRef>>;
  readonly timeoutMs: number;
};
export type EmailChannel = {
  readonly type: 'email';
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Nothing is sent, neither login nor mail, before the connection is TLS. */
  readonly requireTls: boolean;
  readonly user?: string;
  readonly password?: SecretRef;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeoutMs: number;
};
export type ChannelConfig = WebhookChannel | EmailChannel;

/** Connected to, and with `isSecure` greeted by TLS; nothing else is asked of it. */
export type Control = { readonly host: string; readonly port: number; readonly isSecure: boolean };

export type LaneWidths = { readonly light: number; readonly browser: number };

/** Settings of the whole program, defaults applied. */
export type Settings = {
  /** Database and artefacts; absolute. */
  readonly dataFolder: string;
  readonly logFolder: string;
  readonly location: string;
  readonly lanes: LaneWidths;
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl?: string;
    /** Whether reading asks for a token too. */
    readonly requireToken: boolean;
  };
  /** A listener of its own for `/metrics`, besides `/metrics` on the web listener when `alsoOnWeb`. */
  readonly metrics: {
    readonly host?: string;
    readonly port?: number;
    readonly pushgatewayUrl?: string;
    readonly pushEveryMs?: number;
  };
  /** Tokens of the API; without one nothing may be changed. */
  readonly apiTokens: readonly ApiToken[];
  readonly retention: Retention;
  /** Channels for the monitor's own faults. */
  readonly faultChannels: readonly string[];
  /** Reference endpoints that tell our own network from a target that cannot be reached. */
  readonly controls: readonly Control[];
  /** Hosts or CIDR blocks that load may be sent to. */
  readonly loadAllow: readonly string[];
  /** Which addresses probes and notices may reach. */
  readonly addresses: AddressRules;
  readonly gate: GateSettings;
  readonly shutdownGraceMs: number;
};

/** How `vigie gate` decides when the command line says nothing else. */
export type GateSettings = {
  /** URL of what is in production; without one only fixed budgets are judged. */
  readonly baseline?: string;
  /** The change that matters, as a share of the baseline. */
  readonly by: number;
  readonly maxDurationMs: number;
  /** How long one sample of a load check runs. */
  readonly sliceMs: number;
  /** What a gate that could not tell in time ends as. */
  readonly undecided: 'inconclusive' | 'pass' | 'fail';
  /** Reports, evidence and calibration; absolute. */
  readonly folder: string;
};

export type Retention = {
  readonly passedRunsMs: number;
  readonly failedRunsMs: number;
  readonly artefactsMs: number;
  readonly rollupsMs: number;
};

/** The whole configuration, checked and frozen; swapped as a whole on reload. */
export type Plan = {
  readonly checks: readonly Check[];
  readonly channels: readonly ChannelConfig[];
  readonly settings: Settings;
  /** Absolute path of the configuration file and its folder. */
  readonly file: string;
  readonly folder: string;
  readonly hash: string;
};
