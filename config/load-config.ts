import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { ConfigError, type Diagnostic, messageOf } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import { buildPlan, type PlanDependencies } from './build-plan.ts';
import { importConfig } from './import-config.ts';
import { importInThread } from './import-in-thread.ts';
import type { Overrides } from './overrides.ts';

/** Names looked for, in this order, in the folder of the command. */
export const CONFIG_FILES = ['vigie.config.ts', 'vigie.config.mts', 'vigie.config.js', 'vigie.config.mjs'] as const;

export type LoadOptions = {
  /** Folder the command runs in; absolute. */
  readonly folder: string;
  /** Path given with `--config`. */
  readonly file?: string;
  readonly overrides: Overrides;
  readonly dependencies: PlanDependencies;
  /** Reads the file in a thread of its own, so that what reading it needs does not stay in memory. Slower by some 50 ms. */
  readonly inThread?: boolean;
};

/**
 * Finds, loads and checks the configuration. Loaded afresh at each call, so that a reload sees changes.
 * Throws a ConfigError with every problem, each with file and path.
 */
export async function loadConfig(options: LoadOptions): Promise<Plan> {
  const file = findConfig(options);
  const shown = relative(options.folder, file) || file;
  const value = await importFresh(file, shown, options.inThread === true);
  const { plan, problems } = buildPlan(
    { value, file, folder: dirname(file), overrides: options.overrides },
    options.dependencies,
  );
  if (plan === undefined || problems.length > 0)
    throw new ConfigError(problems.map((problem) => withFile(problem, shown)));
  return plan;
}

function withFile(problem: Diagnostic, file: string): Diagnostic {
  return problem.path.startsWith('--') ? problem : { file, ...problem };
}

function findConfig({ folder, file }: Pick<LoadOptions, 'folder' | 'file'>): string {
  const candidates = file === undefined ? CONFIG_FILES : [file];
  const found = candidates.map((name) => resolve(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const message =
    file === undefined
      ? `no configuration in ${folder} (looked for ${CONFIG_FILES.join(', ')})`
      : `there is no file '${file}'`;
  throw new ConfigError([
    {
      path: '',
      message,
      hint:
        file === undefined
          ? 'make one with `vigie init --url https://your.app`, or name one with --config'
          : 'check --config',
    },
  ]);
}

async function importFresh(file: string, shown: string, inThread: boolean): Promise<unknown> {
  // What a thread could not read is read here, so that what is wrong with it is said by the same words.
  const given = inThread ? await importInThread(file) : undefined;
  if (given !== undefined) return given.value;
  try {
    return await importConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([
      {
        file: shown,
        path: '',
        message: `could not be loaded: ${messageOf(error)}`,
        hint: 'the file must be valid TypeScript with `export default defineConfig({ … })`',
      },
    ]);
  }
}
