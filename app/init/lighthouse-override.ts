import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, messageOf } from '../../core/errors.ts';

/** What becomes of the user's package.json; `text` only when it is to be written. */
export type OverridePlan = { readonly says: readonly string[]; readonly text?: string };

const FILE = 'package.json';
const record = z.record(z.string(), z.unknown());
const manifest = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  overrides: record.optional(),
  resolutions: record.optional(),
  pnpm: z.looseObject({ overrides: record.optional() }).optional(),
  packageManager: z.string().optional(),
});
type Manifest = z.output<typeof manifest>;
type Manager = 'npm' | 'pnpm' | 'yarn';

/**
 * Lighthouse CI pins Lighthouse 12.6.1, and overrides of a dependency do not reach the project that installs it: only
 * the project's own package.json can say that Lighthouse CI shall run the current one.
 */
export function planOverride(folder: string, version: string): OverridePlan {
  const file = join(folder, FILE);
  if (!existsSync(file)) return { says: withoutManifest(version) };
  const source = readFileSync(file, 'utf8');
  const parsed = readManifest(source);
  const manager = managerOf(parsed, folder);
  const direct = parsed.dependencies.lighthouse ?? parsed.devDependencies.lighthouse;
  const known = overridesOf(parsed, manager)?.lighthouse;
  if (known !== undefined)
    return { says: [`${FILE} has an override of lighthouse already (${JSON.stringify(known)}); it was left as it is`] };
  // npm refuses an override that says something else than the dependency of the same name.
  const wanted = direct !== undefined && manager === 'npm' ? '$lighthouse' : version;
  const text = print(withOverride(parsed, manager, wanted), source);
  const says = [
    `${FILE}: added ${KEY_OF[manager]}.lighthouse = '${wanted}', so that Lighthouse CI runs it and not the 12.6.1 that it pins`,
    `  to take effect: ${manager} install`,
  ];
  return { says, text };
}

const KEY_OF = { npm: 'overrides', pnpm: 'pnpm.overrides', yarn: 'resolutions' } as const satisfies Record<
  Manager,
  string
>;

function withoutManifest(version: string): readonly string[] {
  return [
    `no ${FILE} here, so Lighthouse CI runs the Lighthouse 12.6.1 that it pins. For the current one:`,
    `  npm init -y && npm pkg set overrides.lighthouse=${version} && npm install --save-dev vigie`,
  ];
}

function readManifest(source: string): Manifest {
  try {
    return manifest.parse(JSON.parse(source));
  } catch (error) {
    throw new ConfigError([
      {
        file: FILE,
        path: '',
        message: `cannot be read: ${messageOf(error)}`,
        hint: 'mend it first; nothing was written',
      },
    ]);
  }
}

function managerOf({ packageManager = '' }: Manifest, folder: string): Manager {
  if (packageManager.startsWith('pnpm') || existsSync(join(folder, 'pnpm-lock.yaml'))) return 'pnpm';
  if (packageManager.startsWith('yarn') || existsSync(join(folder, 'yarn.lock'))) return 'yarn';
  return 'npm';
}

function overridesOf(parsed: Manifest, manager: Manager): Readonly<Record<string, unknown>> | undefined {
  switch (manager) {
    case 'npm':
      return parsed.overrides;
    case 'pnpm':
      return parsed.pnpm?.overrides;
    case 'yarn':
      return parsed.resolutions;
  }
}

/** The manifest as it was read, in its own order, with the one entry more. */
function withOverride(parsed: Manifest, manager: Manager, lighthouse: string): Readonly<Record<string, unknown>> {
  const overrides = { ...overridesOf(parsed, manager), lighthouse };
  switch (manager) {
    case 'npm':
      return { overrides };
    case 'pnpm':
      return { pnpm: { ...parsed.pnpm, overrides } };
    case 'yarn':
      return { resolutions: overrides };
  }
}

/** Keeps what else the file says, its order, its indentation and its last line break. */
function print(change: Readonly<Record<string, unknown>>, source: string): string {
  const indent = /^[{[]\r?\n([ \t]+)/.exec(source)?.[1] ?? '  ';
  const whole = { ...record.parse(JSON.parse(source)), ...change };
  return `${JSON.stringify(whole, undefined, indent)}${source.endsWith('\n') ? '\n' : ''}`;
}
