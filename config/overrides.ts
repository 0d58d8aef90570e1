import type { Diagnostic } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { ConfigInput, EnvironmentInput } from './define.ts';

/** What the command line and the environment may change about a configuration. */
export type Overrides = {
  /** Name of an entry of `environments`. */
  readonly environment?: string;
  /** `https://preview.example`, or `api=https://…` for one of the target's origins; several allowed. */
  readonly targets?: readonly string[];
};

type Overridden = { readonly config: ConfigInput; readonly problems: readonly Diagnostic[] };

/** Applies an environment first, then target URLs. Pure; the result is checked by the schema afterwards like any configuration. */
export function applyOverrides(config: ConfigInput, overrides: Overrides): Overridden {
  const chosen = chooseEnvironment(config, overrides.environment);
  const merged = chosen.environment === undefined ? config : mergeEnvironment(config, chosen.environment);
  const retargeted = retarget(merged, overrides.targets ?? []);
  const unknown = Object.keys(chosen.environment?.checks ?? {}).filter(
    (id) => !config.checks.some((check) => check.id === id),
  );
  const problems = unknown.map((id) => unknownCheck(id, config, overrides.environment ?? ''));
  return { config: retargeted.config, problems: [...chosen.problems, ...problems, ...retargeted.problems] };
}

function chooseEnvironment(
  config: ConfigInput,
  name: string | undefined,
): { readonly environment?: EnvironmentInput; readonly problems: readonly Diagnostic[] } {
  if (name === undefined) return { problems: [] };
  const environment = Object.hasOwn(config.environments ?? {}, name) ? config.environments?.[name] : undefined;
  if (environment !== undefined) return { environment, problems: [] };
  const known = Object.keys(config.environments ?? {});
  const near = suggest(name, known);
  const hint =
    near === undefined ? `known: ${known.join(', ') || 'none; add it under environments'}` : `did you mean '${near}'?`;
  return { problems: [{ path: 'environments', message: `there is no environment '${name}'`, hint }] };
}

function mergeEnvironment(config: ConfigInput, environment: EnvironmentInput): ConfigInput {
  const checks = config.checks.flatMap((check) => {
    const change = Object.hasOwn(environment.checks ?? {}, check.id) ? environment.checks?.[check.id] : undefined;
    if (change === false) return [];
    return [change === undefined ? check : { ...check, options: { ...check.options, ...change } }];
  });
  const targets = [...(config.target === undefined ? [] : [config.target]), ...(config.targets ?? [])];
  const [first, ...rest] = targets;
  const { target: _target, ...others } = config;
  return {
    ...others,
    targets: first === undefined ? [] : [{ ...first, ...environment.target }, ...rest],
    checks,
    defaults: { ...config.defaults, ...environment.defaults },
    settings: { ...config.settings, ...environment.settings },
  };
}

function unknownCheck(id: string, config: ConfigInput, environment: string): Diagnostic {
  const near = suggest(
    id,
    config.checks.map((check) => check.id),
  );
  return {
    path: `environments.${environment}.checks`,
    message: `there is no check '${id}'`,
    ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
  };
}

function retarget(config: ConfigInput, urls: readonly string[]): Overridden {
  const problems: Diagnostic[] = [];
  const [first, ...rest] = [...(config.target === undefined ? [] : [config.target]), ...(config.targets ?? [])];
  if (first === undefined || urls.length === 0) return { config, problems };
  let target = first;
  for (const text of urls) {
    const named = /^([a-z0-9][a-z0-9._-]*)=(.+)$/.exec(text);
    const url = named?.[2] ?? text;
    const origin = named?.[1];
    if (!isHttpUrl(url))
      problems.push({
        path: '--target',
        message: `'${text}' is not an http or https URL`,
        hint: "write 'https://preview.example' or 'api=https://api.preview.example'",
      });
    else if (origin === undefined) target = { ...target, url };
    else target = { ...target, origins: { ...target.origins, [origin]: url } };
  }
  const { target: _target, ...others } = config;
  return { config: { ...others, targets: [target, ...rest] }, problems };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
