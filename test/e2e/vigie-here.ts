import { runCli } from '../../app/cli.ts';
import type { Ended } from './vigie-process.ts';

/** The command under way: working folder and environment belong to the whole process, so there is one at a time. */
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs one command to its end as `vigie()` does, but within this process, which saves the second that a process takes
 * to load everything. What is its own process's, such as signals, the log and an output that is closed, is not seen here.
 */
export function vigieHere(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = before.then(() => runHere(folder, args, env));
  before = ended.catch(() => undefined);
  return ended;
}

async function runHere(folder: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (texts.stdout += text) },
    stderr: { write: (text: string) => (texts.stderr += text) },
  };
  const earlier = { folder: process.cwd(), env: { ...process.env } };
  process.chdir(folder);
  Object.assign(process.env, { NO_COLOR: '1', CI: '1', ...env });
  try {
    return { code: await runCli(args, streams), signal: null, ...texts };
  } finally {
    process.chdir(earlier.folder);
    for (const name of Object.keys(process.env)) if (!(name in earlier.env)) delete process.env[name];
    Object.assign(process.env, earlier.env);
  }
}
