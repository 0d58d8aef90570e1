import { formatQuantity } from '../units.ts';
import { byWeight, type CheckEvidence, concerns, type Said, type SeenVital } from './evidence.ts';
import { insteadOf, isMore } from './explain-changes.ts';
import type { GateRow } from './result.ts';

type Vital = SeenVital['vital'];

const FLOOR_MS = 20;
const FLOOR_SHIFT = 0.01;
const MOST_PARTS = 2;
const NAMES: Readonly<Record<Vital, string>> = { lcp: 'LCP element', inp: 'INP of', cls: 'largest shift of' };

/** What stood behind a vital on either side: another element, or a part of its time that grew. One sentence for each page. */
export function explainVitals(
  { base, candidate }: CheckEvidence,
  vital: Vital,
  labels: GateRow['labels'],
): readonly Said[] {
  const isAsked = (seen: SeenVital): boolean => seen.vital === vital && concerns(seen, labels);
  return byWeight(
    candidate.vitals.filter(isAsked).flatMap((seen) => {
      if (base === undefined) return alone(seen);
      const old = base.vitals.find((one) => one.vital === vital && samePage(one, seen));
      return old === undefined ? [] : compare(old, seen);
    }),
  );
}

function samePage(left: SeenVital, right: SeenVital): boolean {
  return Object.entries(right.labels).every(([name, value]) => left.labels[name] === value);
}

/** Without a baseline: what takes most of it. */
function alone(seen: SeenVital): readonly Said[] {
  const largest = seen.parts.toSorted((a, b) => b.ms - a.ms)[0];
  if (largest === undefined)
    return seen.shift === undefined ? [] : [said(seen, formatQuantity(seen.shift, 'score'), 0)];
  const total = seen.parts.reduce((sum, { ms }) => sum + ms, 0);
  const text = `${largest.name} ${formatQuantity(largest.ms, 'ms')} of ${formatQuantity(total, 'ms')}`;
  return [said(seen, text, largest.ms)];
}

function compare(old: SeenVital, seen: SeenVital): readonly Said[] {
  const grown = seen.parts
    .map(({ name, ms }) => ({ name, ms, before: old.parts.find((part) => part.name === name)?.ms ?? 0 }))
    .filter(({ before, ms }) => isMore(before, ms, FLOOR_MS))
    .toSorted((a, b) => b.ms - b.before - (a.ms - a.before))
    .slice(0, MOST_PARTS);
  const shifted = isMore(old.shift ?? 0, seen.shift ?? 0, FLOOR_SHIFT);
  const isOther = nameOf(old) !== nameOf(seen);
  if (grown.length === 0 && !shifted && !isOther) return [];
  const parts = [
    ...(isOther ? [`instead of ${nameOf(old)}`] : []),
    ...grown.map(({ name, ms, before }) => `${name} ${insteadOf({ base: before, candidate: ms, unit: 'ms' })}`),
    ...(shifted ? [insteadOf({ base: old.shift ?? 0, candidate: seen.shift ?? 0, unit: 'score' })] : []),
  ];
  return [
    said(
      seen,
      parts.join(', '),
      grown.reduce((sum, { ms, before }) => sum + ms - before, 0),
    ),
  ];
}

function said(seen: SeenVital, text: string, weight: number): Said {
  return { text: `${NAMES[seen.vital]} ${nameOf(seen)}: ${text}`, weight };
}

function nameOf({ target, address }: SeenVital): string {
  const name = target === undefined || target === '' ? 'an element that is gone' : target;
  return address === undefined ? name : `${name} (${address})`;
}
