import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Outcome, Tell } from './outcome.ts';
import { readLedger } from './read-ledger.ts';

/** Why nothing can be injected here, if so. */
export const missingStrace: string | undefined =
  spawnSync('strace', ['-V']).error === undefined ? undefined : 'needs strace to make single system calls fail';

type Fault = {
  readonly what: string;
  readonly calls: 'pwrite64' | 'fsync,fdatasync';
  readonly error: 'EIO' | 'ENOSPC';
};
export const FAULTS: readonly Fault[] = [
  { what: 'EIO at the n-th pwrite64', calls: 'pwrite64', error: 'EIO' },
  { what: 'ENOSPC at the n-th pwrite64', calls: 'pwrite64', error: 'ENOSPC' },
  { what: 'EIO at the n-th fsync,fdatasync', calls: 'fsync,fdatasync', error: 'EIO' },
];

const CHILD = join(import.meta.dirname, 'fixtures', 'commit-twelve.ts');
const RUNS = 12;
/** Far more calls than one programme makes. */
const MOST_CALLS = 2_000;
const CHILD_MS = 60_000;

/**
 * Lets the n-th write, then the n-th fsync, of a programme that commits fail, for n = 1, 1 + stride, … until none is left to fail. Each
 * time everything must be there at the end, once, in a sound file: what was acknowledged, and what was tried again.
 */
export async function sweepFailures(
  { what, calls, error }: Fault,
  stride: number,
  tell: Tell = () => {},
): Promise<Outcome> {
  const problems: string[] = [];
  let times = 0;
  let calm = 0;
  for (let n = 1; n <= MOST_CALLS && calm === 0; n += stride) {
    tell(`${calls} ${error}: call ${n}`);
    const ending = await failOnce(calls, error, n);
    if (!ending.wasInjected) calm = n;
    else times += 1;
    problems.push(...ending.problems.map((problem) => `${calls} ${error}, call ${n}: ${problem}`));
  }
  if (times === 0) problems.push(`${calls}: no call was made to fail`);
  return {
    what,
    times,
    problems,
    figure: `every ${stride === 1 ? '' : `${stride}. `}call of fewer than ${calm}; all ${RUNS} runs there each time`,
  };
}

/** The lines that a programme says, however it ends. In a group of its own, so that nothing of it outlives the deadline. */
async function run([command = '', ...args]: readonly string[]): Promise<readonly string[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), CHILD_MS);
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  clearTimeout(timer);
  return said.trim().split('\n');
}

async function failOnce(
  calls: string,
  error: string,
  n: number,
): Promise<{ readonly wasInjected: boolean; readonly problems: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-sweep-'));
  const [file, trace] = [join(folder, 'data', 'vigie.db'), join(folder, 'trace')];
  // Only calls on the files of the database count, so that n means the same in every round.
  const paths = ['', '-wal', '-journal'].flatMap((part) => ['-P', file + part]);
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${n}`];
  try {
    const first = await run([
      'strace',
      '-f',
      // Stops the child at these calls only, not at each.
      '--seccomp-bpf',
      '-qq',
      '-o',
      trace,
      ...paths,
      ...inject,
      process.execPath,
      CHILD,
      join(folder, 'data'),
    ]);
    const wasInjected = readFileSync(trace, 'utf8').includes('(INJECTED)');
    // A start may be refused; then the next one, on a disk that is well again, must succeed.
    const isRefused =
      wasInjected && /^refused (store-open-failed|migration-failed|backup-failed)$/.test(first.at(-1) ?? '');
    const lines = isRefused ? await run([process.execPath, CHILD, join(folder, 'data')]) : first;
    if (lines.at(-1) !== 'done') return { wasInjected, problems: [`it ended with '${lines.at(-1)}'`] };
    const { integrity, runs } = readLedger(join(folder, 'data'));
    const there = runs.map(({ run }) => String(run.id));
    const lost = lines.slice(0, RUNS).filter((id) => there.filter((one) => one === id).length !== 1);
    return {
      wasInjected,
      problems: [
        ...(integrity === 'ok' ? [] : [`integrity_check says ${integrity}`]),
        ...lost.map((id) => `run ${id} is not there exactly once`),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
