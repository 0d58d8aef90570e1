import type { ExitCode } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import type { Run } from '../core/run.ts';
import { countByStatus, resultDocument } from '../reporters/result-document.ts';
import { exitCodeOf } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export type Finish = {
  /** The word on the command line, e.g. `run`. */
  readonly command: string;
  readonly runs: readonly Run[];
  /** Names that matched nothing. */
  readonly problems: readonly string[];
  /** What could not be recorded or published. */
  readonly failures: readonly string[];
  readonly interrupted: boolean;
  /** Whether it is all right that nothing ran: nothing was due. */
  readonly mayBeNothing?: boolean;
};

/** Says how a command that ran checks ended: the document on stdout with `--json`, a line for people, the exit code. */
export function finishRuns(finish: Finish, terminal: Terminal): ExitCode {
  const { command, runs, failures, interrupted, mayBeNothing = false } = finish;
  const problems = [...finish.problems, ...failures];
  const exitCode = exitCodeOf(runs, { interrupted, reporterFailed: problems.length > 0, mayBeNothing });
  for (const failure of failures) terminal.say(terminal.paint.bad(failure));
  if (terminal.json)
    terminal.out(JSON.stringify(resultDocument({ command, vigie: VERSION, exitCode, runs, problems }), null, 2));
  terminal.say(summaryOf(runs, mayBeNothing, terminal));
  return exitCode;
}

function summaryOf(runs: readonly Run[], mayBeNothing: boolean, { paint }: Terminal): string {
  if (runs.length === 0) return mayBeNothing ? 'nothing was due' : paint.warn('nothing was measured');
  const counts = Object.entries(countByStatus(runs))
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  return `${runs.length} ${runs.length === 1 ? 'check' : 'checks'}: ${counts.join(', ')}`;
}

/** Publishes when it was asked for; returns what went wrong. */
export async function pushed(
  isAsked: boolean | undefined,
  plan: Plan,
  runs: readonly Run[],
): Promise<readonly string[]> {
  if (isAsked !== true) return [];
  // Loaded when it is asked for: metrics are a tenth of what a command takes to start.
  const { pushRuns } = await import('./push-runs.ts');
  const problem = await pushRuns(plan, runs);
  return problem === undefined ? [] : [problem];
}
