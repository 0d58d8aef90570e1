import type { HostFingerprint } from '../observation.ts';
import { quantile } from '../statistics.ts';
import type { Calibration, GateResult, RelativeRow } from './result.ts';
import { shareAtMost } from './share-bound.ts';

/** What tells machines and tools apart that may be compared: a calibration holds for one of them. */
export function fingerprintOf(host: HostFingerprint, tools: Readonly<Record<string, string>>): string {
  const versions = Object.entries(tools).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ host, tools: Object.fromEntries(versions) });
}

/** What gates of a baseline against itself say of the noise and of false alarms. Gates that could not measure say nothing. */
export function calibrationOf(gates: readonly GateResult[], at: number): Calibration | undefined {
  const told = gates.filter(({ status }) => status === 'passed' || status === 'failed' || status === 'undecided');
  const last = told.at(-1);
  if (last === undefined) return undefined;
  const falseAlarms = told.filter(({ rows }) => rows.some(({ verdict }) => verdict === 'regressed')).length;
  const relative = told.flatMap(({ rows }) => rows.filter((row) => row.type === 'relative'));
  return {
    gates: told.length,
    falseAlarms,
    falseAlarmAtMost: shareAtMost(falseAlarms, told.length),
    noise: quantile(relative.flatMap(noiseOf), 0.5) ?? 0,
    pairs:
      quantile(
        relative.map(({ candidate }) => candidate.values.length),
        0.5,
      ) ?? 0,
    at,
    fingerprint: fingerprintOf(last.runner.host, last.runner.tools),
  };
}

/** Standard deviation of one paired log-ratio; nothing for measures that may be zero. */
function noiseOf({ base, candidate }: RelativeRow): readonly number[] {
  const logs = candidate.values.flatMap((value, pair) => {
    const other = base.values[pair] ?? 0;
    return value > 0 && other > 0 ? [Math.log(value / other)] : [];
  });
  if (logs.length < candidate.values.length || logs.length < 2) return [];
  const mean = logs.reduce((total, log) => total + log, 0) / logs.length;
  return [Math.sqrt(logs.reduce((total, log) => total + (log - mean) ** 2, 0) / (logs.length - 1))];
}
