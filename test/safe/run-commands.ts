import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'run-commands.ts');
const WITHIN_MS = 90_000;
const MOST_BYTES = 64 * 1_024 * 1_024;

const endings = z.array(z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }));
export type Said = z.infer<typeof endings>[number];

/** Runs commands in one process: to start one for each of a dozen takes longer than what they do. */
export async function runCommands(
  folder: string,
  commands: readonly (readonly string[])[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Said[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(commands)], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', CI: '1', ...env },
    timeout: WITHIN_MS,
    maxBuffer: MOST_BYTES,
  });
  const said = endings.parse(JSON.parse(stdout));
  assert.deepEqual([said.length, stderr], [commands.length, ''], 'all that was said belongs to a command');
  return said;
}
