import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeWorkspace, vigie } from '../e2e/vigie-process.ts';
import type { Outcome } from './outcome.ts';

/** What is read-only when the monitor starts, below its workspace. */
const STARTS = [
  { what: 'a data folder that was used before', readOnly: 'data' },
  { what: 'the place where the data folder should be made', readOnly: '.' },
] as const;

/** A start on a data folder that cannot be written ends with one message that names the folder and what to do, and no stack. */
export async function startOnReadOnly(): Promise<Outcome> {
  const problems = await Promise.all(STARTS.map(startOn));
  return {
    what: 'a start on a read-only data folder',
    times: STARTS.length,
    problems: problems.flat(),
    figure: 'ended with 3 and one message that names the folder and what to do',
  };
}

async function startOn({ what, readOnly }: (typeof STARTS)[number]): Promise<readonly string[]> {
  using workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: 'http://127.0.0.1:1', environment: 'test' },
    settings: { web: { port: 0 } },
    checks: [v.httpCheck('home', { every: '1h' })],
  }`);
  const data = join(workspace.folder, 'data');
  // The lock file stays where it is between two monitors: it can be opened, and nothing else can be made beside it.
  if (readOnly === 'data') workspace.write('data/vigie.lock', '');
  const place = join(workspace.folder, readOnly);
  execFileSync('mount', ['--bind', place, place]);
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', place]);
    const { code, stdout, stderr } = await vigie(workspace.folder, ['start']);
    const said = (stdout + stderr).trim().split('\n');
    const isRight =
      code === 3 &&
      said.length === 2 &&
      said[0]?.includes(`The data folder '${data}' cannot be written: `) &&
      /read-only.*dataFolder/.test(said[1] ?? '');
    return isRight ? [] : [`${what}: ended with ${code} and said:\n${said.join('\n')}`];
  } finally {
    execFileSync('umount', [place]);
  }
}
