import { execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Outcome } from './outcome.ts';

/** Root makes mounts of its own; whoever is not root may do so as the root of a user namespace. */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--map-root-user', '--mount'],
] as const;
const PROGRAM = join(import.meta.dirname, 'fixtures', 'on-own-mounts.ts');
const WITHIN_MS = 200_000;

const way = WAYS.find(([command, ...args]) => spawnSync(command, [...args, ...mount(tmpdir())]).status === 0);

/** Why no file system can be mounted here, if so. */
export const noMounts: string | undefined =
  way === undefined ? 'needs root or user namespaces (unshare) to mount a file system of its own' : undefined;

function mount(folder: string): readonly string[] {
  return ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', folder];
}

const outcome = z.object({
  what: z.string(),
  times: z.number(),
  problems: z.array(z.string()),
  figure: z.string(),
});

/** Lives through a scenario of `fixtures/on-own-mounts.ts` in a process whose mounts nobody else sees and which are gone when it ends. */
export async function onOwnMounts(scenario: 'full' | 'read-only start'): Promise<Outcome> {
  const [command = '', ...args] = [...(way ?? []), process.execPath, PROGRAM, scenario];
  const { stdout } = await promisify(execFile)(command, args, { timeout: WITHIN_MS, killSignal: 'SIGKILL' });
  return outcome.parse(JSON.parse(stdout));
}
