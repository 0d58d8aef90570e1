import { Gauge, Registry } from 'prom-client';
import { rankRows } from '../../core/gate/rank.ts';
import type { GateResult, GateRow, Side } from '../../core/gate/result.ts';
import type { Unit } from '../../core/units.ts';
import { cleanTexts } from './clean-texts.ts';
import { countsOf } from './words.ts';

const LABELS = ['check', 'metric', 'side'] as const;
const STATUS_ORDER = ['passed', 'failed', 'undecided', 'inconclusive', 'interrupted'] as const;

/**
 * Text for `artifacts:reports:metrics` of GitLab, which compares it with that of the target branch
 * (https://docs.gitlab.com/ci/testing/metrics_reports). Base units of Prometheus: seconds, bytes, shares.
 */
export function gateMetrics(result: GateResult): Promise<string> {
  const shown = cleanTexts(result);
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]): Gauge<T> =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const status = gauge('vigie_gate_status', 'State-set: 1 for the status of the gate, 0 for the others.', ['status']);
  for (const each of STATUS_ORDER) status.set({ status: each }, each === shown.status ? 1 : 0);
  const { bad, undecided } = countsOf(shown);
  gauge('vigie_gate_regressed', 'Measures and checks that regressed or are broken.', []).set(bad);
  gauge('vigie_gate_undecided', 'Measures that could not be told apart.', []).set(undecided);
  gauge('vigie_gate_duration_seconds', 'How long the gate took.', []).set(shown.durationMs / 1_000);
  const families = new Map<string, Gauge<(typeof LABELS)[number]>>();
  for (const row of rankRows(shown.rows)) {
    const name = `vigie_gate_median${SUFFIXES[row.unit]}`;
    const family = families.get(name) ?? gauge(name, 'Median of a measure on one side.', LABELS);
    families.set(name, family);
    for (const side of ['base', 'candidate'] as const) set(family, row, side);
  }
  return registry.metrics();
}

const SUFFIXES: Readonly<Record<Unit, string>> = {
  ms: '_seconds',
  bytes: '_bytes',
  ratio: '_ratio',
  count: '',
  score: '_score',
  per_second: '_per_second',
};

function set(family: Gauge<(typeof LABELS)[number]>, row: GateRow, side: Side): void {
  const median = row[side]?.median;
  if (median === undefined) return;
  family.set({ check: row.check, metric: label(row.name), side }, row.unit === 'ms' ? median / 1_000 : median);
}

/** GitLab takes everything after a `#` for a comment, even in quotes. */
function label(text: string): string {
  return text.replaceAll('#', '＃');
}
