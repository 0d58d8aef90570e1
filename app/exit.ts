import { EXIT, type ExitCode } from '../core/errors.ts';
import type { Run } from '../core/run.ts';

/** The exit code of a command that ran checks. Nothing run is nothing measured, unless nothing was due. A broken budget outranks what could not be measured. */
export function exitCodeOf(
  runs: readonly Run[],
  options: { readonly interrupted: boolean; readonly reporterFailed: boolean; readonly mayBeNothing?: boolean },
): ExitCode {
  if (options.interrupted) return EXIT.interrupted;
  const statuses = runs.map((run) => run.verdict.status);
  if (statuses.includes('failed')) return EXIT.failed;
  const isSomething = statuses.length > 0 || options.mayBeNothing === true;
  const measured = isSomething && statuses.every((status) => status === 'passed' || status === 'degraded');
  return measured && !options.reporterFailed ? EXIT.passed : EXIT.inconclusive;
}
