import { type CheckEvidence, requestsAbout, type Said, type SeenRequest, type SideEvidence } from './evidence.ts';
import { changesOf, insteadOf, leastMs } from './explain-changes.ts';
import { explainFailures, explainRequests, type RequestsOfBoth } from './explain-requests.ts';
import { explainVitals } from './explain-vitals.ts';
import type { GateRow } from './result.ts';

/** The vital itself first, or the steps inside, then requests; what else its pages did comes last. */
export function explainJourney(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const requests = { ...requestsOfBoth(row, evidence), leastMs: leastMs(row) };
  switch (row.measure) {
    case 'lcp':
    case 'inp':
    case 'cls':
      return [...explainVitals(evidence, row.measure, row.labels), ...explainRequests(requests)];
    case 'ttfb':
      return explainRequests({
        ...requests,
        base: requests.base?.filter(isDocument),
        candidate: requests.candidate.filter(isDocument),
      });
    case 'console_errors':
    case 'failed_requests':
      return explainFailures(requests);
    default:
      return [...stepsOf(row, evidence), ...explainRequests(requests), ...vitalsOf(row, evidence)];
  }
}

function requestsOfBoth(row: GateRow, { base, candidate }: CheckEvidence): Omit<RequestsOfBoth, 'leastMs'> {
  return {
    base: base === undefined ? undefined : requestsOf(row, base),
    candidate: requestsOf(row, candidate),
  };
}

function isDocument({ type }: SeenRequest): boolean {
  return type === 'document';
}

/** Steps that got slower: those at the top for the whole journey, those inside for a step. */
function stepsOf(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const parent = row.measure === 'duration' ? undefined : pathOf(row);
  if (row.measure !== 'duration' && parent === undefined) return [];
  const changes = changesOf(evidence, ({ name, labels }) => name.startsWith('step.') && labels?.in === parent);
  return changes.map((change, index) => ({
    text: `step '${change.name.slice('step.'.length)}': ${insteadOf(change)}${index === 0 && changes.length > 1 ? ' (the largest change)' : ''}`,
    weight: change.by,
  }));
}

/** The whole name of the step that a row is about, as steps are recorded. */
function pathOf({ measure, labels }: GateRow): string | undefined {
  if (!measure.startsWith('step.')) return undefined;
  const name = measure.slice('step.'.length);
  return labels?.in === undefined ? name : `${labels.in} > ${name}`;
}

/** Those of the row's page or step, where that is known; else all. */
function requestsOf(row: GateRow, side: SideEvidence): readonly SeenRequest[] {
  const path = pathOf(row);
  const spans = side.steps.filter(({ name }) => name === path);
  if (spans.length === 0) return requestsAbout(side, row.labels);
  return side.requests.filter(({ atMs }) =>
    spans.some(({ startMs, durationMs }) => atMs >= startMs && atMs <= startMs + durationMs),
  );
}

/** Of the pages that the step, or the whole journey, was on. */
function vitalsOf(row: GateRow, evidence: CheckEvidence): readonly Said[] {
  const pages = new Set(requestsOf(row, evidence.candidate).flatMap(({ labels }) => labels.page ?? []));
  if (row.measure !== 'duration' && pathOf(row) === undefined) return [];
  return [...pages].flatMap((page) => [
    ...explainVitals(evidence, 'inp', { page }),
    ...explainVitals(evidence, 'lcp', { page }),
  ]);
}
