import type { Target } from '../core/check.ts';
import type { Secrets } from '../core/secret.ts';
import type { LoadOptions } from './options.ts';

/** Files of one run, all below its temp folder. */
export type RunFiles = {
  /** k6's own configuration, so that the user's `~/.config/k6` is not read. */
  readonly config: string;
  readonly summary: string;
  /** Working folder, home and temp folder of the child; nothing of ours is in it. */
  readonly work: string;
};

type Invocation = {
  readonly script: string;
  readonly files: RunFiles;
  /** CIDR blocks that k6 must not connect to. */
  readonly blocked: readonly string[];
};

const TREND_STATS = 'avg,min,med,max,p(90),p(95),p(99),count';

/** The arguments of `k6 run`. No value of `env` is among them: arguments can be read by every user of the machine. */
export function runArguments(options: LoadOptions, { script, files, blocked }: Invocation): readonly string[] {
  return [
    'run',
    '--config',
    files.config,
    '--no-usage-report',
    '--no-color',
    // The child's environment is our allow-list, so this hands over exactly that.
    '--include-system-env-vars=true',
    ...['--log-format', 'json', '--log-output', 'stderr'],
    // `disabled` would switch off --summary-export as well.
    ...['--summary-mode', 'compact', '--summary-export', files.summary, '--summary-trend-stats', TREND_STATS],
    ...blocked.flatMap((block) => ['--blacklist-ip', block]),
    ...tagArguments(options.runTags),
    ...loadModelArguments(options),
    script,
  ];
}

/** The arguments of `k6 inspect`, which runs the script's init code and nothing else. */
export function inspectArguments(script: string, config: string, withRequirements: boolean): readonly string[] {
  return [
    'inspect',
    '--config',
    config,
    '--no-color',
    '--include-system-env-vars=true',
    ...['--log-format', 'json'],
    ...(withRequirements ? ['--execution-requirements'] : []),
    script,
  ];
}

/** Our own k6 configuration. What stands here the script may override, unlike arguments. */
export const CONFIG_CONTENT = JSON.stringify({ userAgent: 'k6 (Vigie; synthetic)' });

/** What the script sees in `__ENV` besides PATH. Throws the VigieError of a secret that cannot be resolved. */
export function scriptEnvironment(
  options: LoadOptions,
  target: Target,
  secrets: Pick<Secrets, 'resolve'>,
): Readonly<Record<string, string>> {
  const own = Object.entries(options.env).map(([name, value]) => [
    name,
    typeof value === 'object' ? secrets.resolve(value) : String(value),
  ]);
  const origins = Object.entries(target.origins).map(([name, url]) => [originVariable(name), url]);
  return { ...Object.fromEntries(origins), ...Object.fromEntries(own), VIGIE_TARGET: target.baseUrl };
}

/** `api` as `VIGIE_API`, `static-files` as `VIGIE_STATIC_FILES`. */
function originVariable(name: string): string {
  return `VIGIE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** The environment that keeps k6 to itself: nothing downloaded, nothing reported, nobody's settings read. */
export function isolation({ work }: Pick<RunFiles, 'work'>): Readonly<Record<string, string>> {
  return {
    HOME: work,
    TMPDIR: work,
    XDG_CONFIG_HOME: work,
    // Without it an unknown `k6/x/…` import makes k6 download and run another binary.
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_NO_USAGE_REPORT: 'true',
  };
}

/** Variables of ours that k6 may see: time zone, language and the machine's trusted certificates. */
export const INHERITED = ['TZ', 'LANG', 'LC_ALL', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const;

/** Without `merge-run-tags` a `--tag` throws away the tags of the script itself. */
function tagArguments(tags: LoadOptions['runTags']): readonly string[] {
  const pairs = Object.entries(tags);
  if (pairs.length === 0) return [];
  return ['--features', 'merge-run-tags', ...pairs.flatMap(([name, value]) => ['--tag', `${name}=${value}`])];
}

function loadModelArguments({ vus, duration, iterations, stages }: LoadOptions): readonly string[] {
  return [
    ...(vus === undefined ? [] : ['--vus', String(vus)]),
    ...(duration === undefined ? [] : ['--duration', `${duration}ms`]),
    ...(iterations === undefined ? [] : ['--iterations', String(iterations)]),
    ...(stages ?? []).flatMap((stage) => ['--stage', `${stage.duration}ms:${stage.target}`]),
  ];
}

/** The same overrides as variables, for `k6 inspect`, which takes no such arguments. */
export function loadModelVariables({
  vus,
  duration,
  iterations,
  stages,
}: LoadOptions): Readonly<Record<string, string>> {
  return {
    ...(vus === undefined ? {} : { K6_VUS: String(vus) }),
    ...(duration === undefined ? {} : { K6_DURATION: `${duration}ms` }),
    ...(iterations === undefined ? {} : { K6_ITERATIONS: String(iterations) }),
    ...(stages === undefined
      ? {}
      : { K6_STAGES: stages.map((stage) => `${stage.duration}ms:${stage.target}`).join(',') }),
  };
}
