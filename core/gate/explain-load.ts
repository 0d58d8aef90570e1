import type { Measure } from '../measure.ts';
import type { CheckEvidence, Said } from './evidence.ts';
import { type Change, changesOf, insteadOf } from './explain-changes.ts';
import type { GateRow } from './result.ts';

/** The parts of a request, and what else may hold an iteration up. */
const PARTS: Readonly<Record<string, string>> = {
  http_req_blocked: 'waiting for a connection',
  http_req_connecting: 'connecting',
  http_req_tls_handshaking: 'TLS handshake',
  http_req_sending: 'sending',
  http_req_waiting: 'waiting for the first byte',
  http_req_receiving: 'receiving',
};
const WHOLES = new Set(['http_req_duration', 'iteration_duration', 'group_duration']);
const STATS = ['med', 'p95', 'p90', 'p99', 'avg', 'max', 'min'];
const MOST_PLACES = 2;

/** Where in the script it became slower (groups, tagged requests), then in which part of a request, then what failed. */
export function explainLoad(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const stat = STATS.find((one) => row.measure.endsWith(`.${one}`)) ?? 'med';
  const isIt = (measure: Measure): boolean => measure.name === row.measure && sameLabels(measure, row);
  const places = changesOf(evidence, (measure) => isPlace(measure, stat) && !isIt(measure));
  const parts = changesOf(
    evidence,
    ({ name }) => Object.hasOwn(PARTS, withoutStat(name, stat)) && name !== row.measure,
  );
  const whole = changesOf(evidence, ({ name }) => WHOLES.has(withoutStat(name, stat)) && name !== row.measure);
  const failed = changesOf(evidence, ({ name }) => ['http_req_failed', 'dropped_iterations'].includes(name));
  const lost = changesOf(evidence, ({ name, labels }) => name === 'check' && labels?.check !== undefined, 'higher');
  return [
    ...places.slice(0, MOST_PLACES).map((change) => said(placeName(change, stat), change)),
    ...parts.slice(0, MOST_PLACES).map((change) => said(`${PARTS[withoutStat(change.name, stat)]} (${stat})`, change)),
    ...failed.map((change) =>
      said(change.name === 'http_req_failed' ? 'failed requests' : 'iterations not begun', change),
    ),
    ...lost.slice(0, 1).map((change) => said(`check '${change.labels.check}'`, change)),
    ...whole.slice(0, 1).map((change) => said(change.name, change)),
  ];
}

/** The time of one group, or of what the script tagged. */
function isPlace({ name, labels }: Measure, stat: string): boolean {
  const base = withoutStat(name, stat);
  return base.startsWith('tagged.') && WHOLES.has(base.slice('tagged.'.length)) && Object.keys(labels ?? {}).length > 0;
}

function withoutStat(name: string, stat: string): string {
  return name.endsWith(`.${stat}`) ? name.slice(0, -stat.length - 1) : '';
}

function placeName({ labels }: Change, stat: string): string {
  const tags = Object.entries(labels).map(([tag, value]) => `${tag} '${value.replace(/^::/, '')}'`);
  return `${tags.join(', ')} (${stat})`;
}

function sameLabels({ labels = {} }: Measure, row: GateRow): boolean {
  return (
    JSON.stringify(Object.entries(labels).toSorted()) === JSON.stringify(Object.entries(row.labels ?? {}).toSorted())
  );
}

function said(what: string, change: Change): Said {
  return { text: `${what}: ${insteadOf(change)}`, weight: change.by };
}
