import type { z } from 'zod';
import type { BudgetsInput } from '../core/budget.ts';
import type { CheckKind } from '../core/check.ts';
import type { Kind } from '../core/kind.ts';
import type { SecretRef } from '../core/secret.ts';
import type { CommonInput } from './common-schema.ts';
import type { ChannelInput, SettingsInput, TargetInput } from './settings-schema.ts';

/** One check as a check function returns it: plain data, nothing is registered by making it. */
export type CheckInput = {
  readonly kind: CheckKind;
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
};

/** What may differ in one environment: parts of the target and of the defaults, and parts of checks by id (`false` leaves one out). */
export type EnvironmentInput = {
  readonly target?: Partial<TargetInput>;
  readonly defaults?: CommonInput;
  readonly settings?: SettingsInput;
  readonly checks?: Readonly<Record<string, Readonly<Record<string, unknown>> | false>>;
};

/** The whole configuration, as the default export of `vigie.config.ts`. */
export type ConfigInput = {
  /** The system watched. Give `targets` instead when there are several. */
  readonly target?: TargetInput;
  /** Several systems; a check names its own by `target`, the first is the default. */
  readonly targets?: readonly TargetInput[];
  /** Common options for all checks; a check's own win. */
  readonly defaults?: CommonInput;
  /** What is verified, by check functions such as `httpCheck('home', { … })`. At least one. */
  readonly checks: readonly CheckInput[];
  /** Ways to reach people. Default none. */
  readonly channels?: readonly ChannelInput[];
  /** Folders, lanes, listeners, retention. */
  readonly settings?: SettingsInput;
  /** Overrides by environment, chosen with `--environment` or `VIGIE_ENVIRONMENT`. */
  readonly environments?: Readonly<Record<string, EnvironmentInput>>;
};

/** Gives the configuration its type, so that the editor is the manual. Returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** The options of a check of kind `K`: the common ones, its own, and budgets on the measures it can produce. */
export type CheckOptions<K extends Kind> = CommonInput &
  z.input<K['schema']> & { readonly budgets?: BudgetsInput<K['measures']> };

/** Makes a check of kind `K` from an id and its options. Named, so that declarations of the package refer to it and do not spell it out. */
export type CheckFunction<K extends Kind> = (id: string, options: CheckOptions<K>) => CheckInput;

/**
 * Makes the check function of a kind, e.g. `httpCheck = checkFunction<typeof httpKind>('http')`. Takes the name and not the kind,
 * so that loading a configuration loads no engine.
 */
export function checkFunction<K extends Kind>(kind: K['kind']): CheckFunction<K> {
  return (id, options) => ({ kind, id, options: { ...options } });
}

/** A secret by name: the environment variable, or the file named by `<NAME>_FILE`. The value is read only when it is needed. */
export function secret(name: string): SecretRef {
  return { secret: name, from: 'environment' };
}

/** A secret from a file (a mounted secret); a trailing line break is dropped. */
export function secretFile(path: string): SecretRef {
  return { secret: path, from: 'file' };
}

/** A channel that posts JSON. Example `webhook('ops', { url: secret('OPS_WEBHOOK_URL') })`. */
export function webhook(
  id: string,
  options: Omit<Extract<ChannelInput, { type: 'webhook' }>, 'type' | 'id'>,
): ChannelInput {
  return { type: 'webhook', id, ...options };
}

/** A channel that sends mail. Example `email('team', { host: 'smtp.example', from: 'vigie@example.org', to: ['team@example.org'] })`. */
export function email(
  id: string,
  options: Omit<Extract<ChannelInput, { type: 'email' }>, 'type' | 'id'>,
): ChannelInput {
  return { type: 'email', id, ...options };
}
