import { cut } from '../cut.ts';
import type { Measure } from '../measure.ts';
import { byWeight, type CheckEvidence, type Said } from './evidence.ts';
import { explainAudit } from './explain-audit.ts';
import { type Change, changesOf, insteadOf } from './explain-changes.ts';
import { explainJourney } from './explain-journey.ts';
import { explainLoad } from './explain-load.ts';
import type { GateRow } from './result.ts';

const MOST_SENTENCES = 5;
const LONGEST = 300;

/** What is different on the candidate that may be why a row fails: sentences for a person, most telling first. */
export function explain(row: GateRow, evidence: CheckEvidence): readonly string[] {
  const texts = saidOf(row, evidence).map(({ text }) => bounded(text));
  return [...new Set(texts)].slice(0, MOST_SENTENCES);
}

function saidOf(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  switch (evidence.kind) {
    case 'journey':
      return explainJourney(row, evidence);
    case 'audit':
      return explainAudit(row, evidence);
    case 'load':
      return explainLoad(row, evidence);
    case 'http':
    case 'tcp':
    case 'dns':
    case 'tls':
      return explainProbe(row, evidence);
    case 'spec':
      return changesOf(evidence, ({ name }) => name === 'test.duration' && row.measure !== name).map(testSaid);
    case 'heartbeat':
      return [];
  }
}

const PHASES: Readonly<Record<string, string>> = {
  'phase.resolve': 'resolving the name',
  'phase.proxy': 'reaching through the proxy',
  'phase.connect': 'connecting',
  'phase.tls': 'TLS handshake',
  'phase.first_byte': 'waiting for the first byte',
  'phase.transfer': 'reading the answer',
  query: 'query',
};

function explainProbe(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const isPart = ({ name }: Measure): boolean => Object.hasOwn(PHASES, name) && name !== row.measure;
  const phases = changesOf(evidence, isPart).map((change) => said(PHASES[change.name] ?? change.name, change));
  const size = changesOf(evidence, ({ name }) => name === 'body_bytes').map((change) => said('body', change));
  const redirects = changesOf(evidence, ({ name }) => name === 'redirects').map((change) => said('redirects', change));
  return [...byWeight(phases), ...redirects, ...size];
}

function said(what: string, change: Change): Said {
  const inQuery = change.labels.server === undefined ? '' : ` of ${change.labels.server}`;
  return { text: `${what}${inQuery}: ${insteadOf(change)}`, weight: change.by };
}

function testSaid(change: Change): Said {
  return { text: `test '${change.labels.test ?? ''}': ${insteadOf(change)}`, weight: change.by };
}

/** Names come from pages and answers, and a sentence is one line. */
function bounded(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return cut(line, LONGEST);
}
