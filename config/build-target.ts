import type { Target } from '../core/check.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { ConfigInput } from './define.ts';
import { diagnose } from './diagnose.ts';
import { type TargetOptions, targetSchema } from './settings-schema.ts';

export type BuiltTargets = {
  readonly targets: readonly Target[];
  /** Hosts of targets that are on this machine; load may go there without being listed. */
  readonly localHosts: readonly string[];
  readonly problems: readonly Diagnostic[];
};

/** Checks `target` and `targets` of the configuration. */
export function buildTargets(config: ConfigInput, environment: string | undefined): BuiltTargets {
  const inputs = [
    ...(config.target === undefined ? [] : [{ path: 'target', input: config.target }]),
    ...(config.targets ?? []).map((input, index) => ({
      path: config.target === undefined && index === 0 ? 'target' : `targets[${index}]`,
      input,
    })),
  ];
  if (inputs.length === 0) {
    return {
      targets: [],
      localHosts: [],
      problems: [
        { path: 'target', message: 'no target', hint: "give target: { name: 'my-app', url: 'https://app.example' }" },
      ],
    };
  }
  const targets: Target[] = [];
  const problems: Diagnostic[] = [];
  for (const { path, input } of inputs) {
    const result = targetSchema.safeParse(input);
    if (!result.success) problems.push(...diagnose(result.error, targetSchema, path));
    else if (targets.some((target) => target.name === result.data.name))
      problems.push({ path, message: `the name '${result.data.name}' is taken by another target` });
    else targets.push(makeTarget(result.data, environment));
  }
  return { targets, problems, localHosts: [...new Set(targets.flatMap(localHostsOf))] };
}

function makeTarget(options: TargetOptions, environment: string | undefined): Target {
  return {
    name: options.name,
    baseUrl: options.url,
    environment: options.environment ?? environment ?? 'production',
    origins: options.origins,
    production: options.production ?? !isLoopback(new URL(options.url).hostname),
  };
}

function localHostsOf(target: Target): readonly string[] {
  return [target.baseUrl, ...Object.values(target.origins)].map((url) => new URL(url).hostname).filter(isLoopback);
}

/** Names and literals that always mean this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
