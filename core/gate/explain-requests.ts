import { formatQuantity } from '../units.ts';
import { byWeight, type Said, type SeenRequest } from './evidence.ts';
import { isMore } from './explain-changes.ts';

/** All requests of one method to one address. */
type Group = {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  /** Of the slowest. */
  readonly ms: number;
  /** Of all of them; undefined where no size was recorded. */
  readonly bytes: number | undefined;
};

/** One run of each side was recorded, so smaller differences are chance. */
const FLOOR_MS = 50;
const LEAST_SHARE = 0.25;
const FLOOR_BYTES = 5_000;
const FLOOR_COUNT = 2;
/** What a millisecond is worth in bytes when sentences are put in order: a line of 8 Mbit/s. */
const BYTES_PER_MS = 1_000;

export type RequestsOfBoth = {
  /** Absent without a baseline; then the slowest is named. */
  readonly base: readonly SeenRequest[] | undefined;
  readonly candidate: readonly SeenRequest[];
  /** A request that got slower by less explains nothing of the row. */
  readonly leastMs: number;
};

/** What the candidate asks for that the baseline does not, and what became larger, slower or more. */
export function explainRequests({ base, candidate, leastMs }: RequestsOfBoth): readonly Said[] {
  if (candidate.length === 0) return [];
  const after = groupsOf(candidate);
  if (base === undefined) return byWeight([...after.values()].flatMap(slowest)).slice(0, 1);
  // A baseline without a recording says nothing of what is new.
  if (base.length === 0) return [];
  const before = groupsOf(base);
  const changed = [...after].flatMap(([key, group]) => {
    const old = before.get(key);
    return old === undefined ? [added(group)] : grown(old, group, Math.max(FLOOR_MS, leastMs));
  });
  return [...byWeight(changed), ...counted(base.length, candidate.length)];
}

/** What fails on the candidate alone. */
export function explainFailures({ base = [], candidate }: Omit<RequestsOfBoth, 'leastMs'>): readonly Said[] {
  const keyOf = ({ method, address, failure }: SeenRequest): string =>
    `${generalise(`${method} ${address}`)} ${failure}`;
  const known = new Set(base.filter(({ failure }) => failure !== undefined).map(keyOf));
  return candidate
    .filter((request) => request.failure !== undefined && !known.has(keyOf(request)))
    .map(({ method, address, type, failure }) => ({
      text: `request ${method} ${address}, ${type}: ${failure}`,
      weight: 0,
    }));
}

function groupsOf(requests: readonly SeenRequest[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const { method, address, type, durationMs = 0, bytes } of requests) {
    const name = `${method} ${address}`;
    const key = generalise(name);
    const known = groups.get(key) ?? { name, type, count: 0, ms: 0, bytes: undefined };
    groups.set(key, {
      ...known,
      count: known.count + 1,
      ms: Math.max(known.ms, durationMs),
      bytes: bytes === undefined ? known.bytes : (known.bytes ?? 0) + bytes,
    });
  }
  return groups;
}

/** A build names its files by what is in them, and a page of one thing among many is the same page: neither makes a request new. */
function generalise(name: string): string {
  return name
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '*')
    .replace(/(?<=\/)\d+(?=\/|$)/g, '*')
    .replace(/(?<=[/._-])(?=[a-z]*\d)[a-z\d]{6,}(?=[/._-]|$)/gi, '*');
}

function added(group: Group): Said {
  return { text: `new request ${described(group)}`, weight: group.ms + (group.bytes ?? 0) / BYTES_PER_MS };
}

function grown(old: Group, { name, type, count, ms, bytes }: Group, leastMs: number): readonly Said[] {
  const isSlower = isMore(old.ms, ms, leastMs, LEAST_SHARE);
  const isLarger = old.bytes !== undefined && bytes !== undefined && isMore(old.bytes, bytes, FLOOR_BYTES);
  const isMoreOften = isMore(old.count, count, FLOOR_COUNT);
  const parts = [
    ...(isLarger ? [instead(old.bytes, bytes, 'bytes')] : []),
    ...(isSlower ? [instead(old.ms, ms, 'ms')] : []),
    ...(isMoreOften ? [`${count} times instead of ${old.count === 1 ? 'once' : old.count}`] : []),
  ];
  if (parts.length === 0) return [];
  const weight = (isSlower ? ms - old.ms : 0) + (isLarger ? (bytes - old.bytes) / BYTES_PER_MS : 0);
  return [{ text: `request ${name}, ${type}: ${parts.join(', ')}`, weight }];
}

function slowest(group: Group): readonly Said[] {
  return group.ms < FLOOR_MS ? [] : [{ text: `slowest request ${described(group)}`, weight: group.ms }];
}

function counted(base: number, candidate: number): readonly Said[] {
  return isMore(base, candidate, FLOOR_COUNT) ? [{ text: `requests ${candidate} instead of ${base}`, weight: 0 }] : [];
}

function described({ name, type, count, ms, bytes }: Group): string {
  const parts = [
    `${name}, ${type}`,
    ...(count > 1 ? [`${count} times`] : []),
    ...(bytes === undefined || bytes === 0 ? [] : [formatQuantity(bytes, 'bytes')]),
    ...(ms === 0 ? [] : [formatQuantity(ms, 'ms')]),
  ];
  return parts.join(', ');
}

function instead(base: number, candidate: number, unit: 'bytes' | 'ms'): string {
  return `${formatQuantity(candidate, unit)} instead of ${formatQuantity(base, unit)}`;
}
