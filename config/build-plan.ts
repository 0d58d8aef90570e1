import { z } from 'zod';
import type { Check } from '../core/check.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Kind } from '../core/kind.ts';
import type { ChannelConfig, Plan } from '../core/plan.ts';
import { buildCheck, type ScheduleRules } from './build-check.ts';
import { makeSettings, settingsProblems } from './build-settings.ts';
import { buildTargets } from './build-target.ts';
import { commonSchema } from './common-schema.ts';
import type { ConfigInput } from './define.ts';
import { diagnose } from './diagnose.ts';
import { duplicateIds } from './duplicate-ids.ts';
import { contentHash, deepFreeze } from './freeze.ts';
import { applyOverrides, type Overrides } from './overrides.ts';
import { type ChannelOptions, channelSchema, type SettingsOptions, settingsSchema } from './settings-schema.ts';

/** What the builder needs of other folders; passed in, so that config imports core alone. */
export type PlanDependencies = ScheduleRules & {
  readonly kinds: readonly Kind[];
  /** Whether a file that a check names can be read. */
  readonly fileExists: (path: string) => boolean;
  /** Whether a text is an address, a block of addresses or a word for some. */
  readonly isAddressRule: (text: string) => boolean;
};

export type PlanInput = {
  readonly value: unknown;
  readonly file: string;
  readonly folder: string;
  readonly overrides: Overrides;
};
export type PlanResult = { readonly plan?: Plan; readonly problems: readonly Diagnostic[] };

const checkShape = z.strictObject({ kind: z.string(), id: z.string(), options: z.record(z.string(), z.unknown()) });
const configSchema = z.strictObject({
  target: z.unknown().optional(),
  targets: z.array(z.unknown()).optional(),
  defaults: commonSchema.partial().optional(),
  checks: z
    .array(checkShape)
    .min(1, "there are no checks: add at least one, e.g. httpCheck('home', { url: '/', every: '30s' })"),
  channels: z.array(channelSchema).default([]),
  settings: settingsSchema.prefault({}),
  environments: z.record(z.string(), z.unknown()).optional(),
});

/** Makes a plan out of what the configuration file exports, or every problem at once. Pure but for the file look-ups it is given. */
export function buildPlan(input: PlanInput, dependencies: PlanDependencies): PlanResult {
  const shape = configSchema.safeParse(input.value);
  if (!shape.success) return { problems: diagnose(shape.error, configSchema, '') };
  const overridden = applyOverrides(asConfig(input.value), input.overrides);
  const again = configSchema.safeParse(overridden.config);
  if (!again.success) return { problems: [...overridden.problems, ...diagnose(again.error, configSchema, '')] };
  const { channels, settings: options } = again.data;
  const targets = buildTargets(overridden.config, input.overrides.environment);
  const context = {
    targets: targets.targets,
    channels: channels.map((channel) => channel.id),
    defaults: overridden.config.defaults ?? {},
    folder: input.folder,
    dependencies,
  };
  const built = overridden.config.checks.map((check, index) => buildCheck(check, index, context));
  const checks = built.flatMap((one) => (one.check === undefined ? [] : [one.check]));
  const problems = [
    ...overridden.problems,
    ...targets.problems,
    ...built.flatMap((one) => one.problems),
    ...duplicateIds(
      'checks',
      overridden.config.checks.map((check) => check.id),
    ),
    ...duplicateIds('channels', context.channels),
    ...settingsProblems(options, context.channels, dependencies),
  ];
  if (problems.length > 0) return { problems };
  return { plan: makePlan(input, checks, channels, options, targets.localHosts), problems };
}

function makePlan(
  input: PlanInput,
  checks: readonly Check[],
  channels: readonly ChannelOptions[],
  options: SettingsOptions,
  localHosts: readonly string[],
): Plan {
  const settings = makeSettings(options, input.folder, channels, localHosts);
  const plan = { checks, channels: channels.map(makeChannel), settings, file: input.file, folder: input.folder };
  return deepFreeze({ ...plan, hash: contentHash(plan) });
}

function makeChannel(channel: ChannelOptions): ChannelConfig {
  switch (channel.type) {
    case 'webhook': {
      const { timeout, ...rest } = channel;
      return { ...rest, timeoutMs: timeout };
    }
    case 'email': {
      const { timeout, port, user, password, requireTls = password !== undefined, ...rest } = channel;
      const login = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
      return { ...rest, ...login, requireTls, port: port ?? (channel.secure ? 465 : 587), timeoutMs: timeout };
    }
  }
}

/** The schema above has checked the outer shape; what is inside is checked piece by piece where its schema is known. */
function asConfig(value: unknown): ConfigInput {
  return value as ConfigInput;
}
