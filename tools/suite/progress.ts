import type { SuiteState } from './run-suite.ts';

/** One line on how far a run is, for a log that nobody sees move. */
export function progressLine({ results, running, total }: SuiteState, elapsedMs: number): string {
  const tests = results.reduce((sum, result) => sum + result.tests, 0);
  const failed = results.reduce((sum, { counts }) => sum + (counts.get('fail') ?? 0), 0);
  const now = running.map(({ file }) => file).join(', ');
  return `progress: ${results.length} of ${total} files, ${tests} tests, ${failed} failed, ${Math.round(elapsedMs / 1_000)} s; now ${now}`;
}
