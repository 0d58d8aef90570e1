import type { IncidentRule } from '../../core/check.ts';
import { checkId, incidentId } from '../../core/identifiers.ts';
import { quietState, stepIncident, type Track } from '../../core/incident.ts';
import type { Run } from '../../core/run.ts';
import { spreadOffset } from '../../scheduler/slots.ts';
import { type LedgerCopy, readLedger } from './read-ledger.ts';
import type { Posted } from './receiver.ts';

export type AuditedCheck = { readonly id: string; readonly everyMs: number; readonly rule: IncidentRule };
export type AuditInput = {
  /** The data folder of a monitor that was stopped cleanly. */
  readonly folder: string;
  readonly checks: readonly AuditedCheck[];
  readonly posts: readonly Posted[];
  /** A slot of every check must have been recorded that was due before this instant, and one that was due after the other. */
  readonly watchedSince: number;
  readonly watchedUntil: number;
};
export type Audit = {
  readonly problems: readonly string[];
  readonly slots: number;
  readonly runs: number;
  readonly incidents: number;
  readonly notices: number;
  /** Deliveries beyond the first of a notice. */
  readonly duplicates: number;
};

/** Looks whether a ledger keeps every promise: one record per slot, incidents as the runs make them, notices delivered. */
export function auditLedger(input: AuditInput): Audit {
  const ledger = readLedger(input.folder);
  const keys = new Set(input.posts.map(({ key }) => key));
  return {
    problems: [
      ...(ledger.integrity === 'ok' ? [] : [`integrity_check says ${ledger.integrity}`]),
      ...input.checks.flatMap((check) => [...auditSlots(ledger, check, input), ...auditIncidents(ledger, check)]),
      ...auditRuns(ledger),
      ...auditNotices(ledger, input.posts),
    ],
    slots: ledger.slots.length + ledger.gaps.reduce((sum, { count }) => sum + count, 0),
    runs: ledger.runs.length,
    incidents: ledger.incidents.length,
    notices: ledger.notices.length,
    duplicates: input.posts.length - keys.size,
  };
}

/** Every slot of the grid from the first to the last is in exactly one record of its own or counted by exactly one gap. */
function auditSlots(
  ledger: LedgerCopy,
  { id, everyMs }: AuditedCheck,
  { watchedSince, watchedUntil }: AuditInput,
): string[] {
  const all = ledger.slots.filter(({ check }) => check === id).map(({ dueAt }) => dueAt);
  const offset = spreadOffset(checkId(id), everyMs);
  const off = (dueAt: number): number => (dueAt - offset) % everyMs;
  const own = all.filter((dueAt) => off(dueAt) === 0);
  const gaps = ledger.gaps.filter(({ check }) => check === id);
  const first = Math.min(...own, ...gaps.map(({ from }) => from));
  const last = Math.max(...own, ...gaps.map(({ to }) => to));
  if (!Number.isFinite(first)) return [`${id}: no slot has a record`];
  const problems: string[] = [];
  if (first > watchedSince)
    problems.push(`${id}: the first record is for ${show(first)}, later than ${show(watchedSince)}`);
  if (last < watchedUntil)
    problems.push(`${id}: the last record is for ${show(last)}, earlier than ${show(watchedUntil)}`);
  const recorded = new Set(own);
  if (recorded.size !== own.length) problems.push(`${id}: ${own.length - recorded.size} slots have two records`);
  // A slot of time that the clock shows once more has an instant of its own, some milliseconds later.
  const offGrid = all.filter((dueAt) => off(dueAt) > MOST_REPEATS);
  if (offGrid.length > 0) problems.push(`${id}: ${offGrid.length} records for instants that were never due`);
  const missing = grid(first, last, everyMs).filter((due) => !recorded.has(due));
  const counts = gaps.map(({ from, to }) => missing.filter((due) => due >= from && due <= to).length);
  const uncovered = missing.filter((due) => gaps.filter(({ from, to }) => due >= from && due <= to).length !== 1);
  if (uncovered.length > 0)
    problems.push(`${id}: ${uncovered.length} slots without a record, the first ${show(uncovered[0])}`);
  for (const [index, gap] of gaps.entries())
    if (gap.count !== counts[index])
      problems.push(`${id}: a gap says ${gap.count} slots and stands for ${counts[index]}`);
  return problems;
}

/** How often a test sets the clock back at most. */
const MOST_REPEATS = 3;

function grid(first: number, last: number, everyMs: number): readonly number[] {
  return Array.from({ length: Math.floor((last - first) / everyMs) + 1 }, (_, index) => first + index * everyMs);
}

/** A run of a slot is the record of that slot, and of no other. */
function auditRuns({ runs, slots }: LedgerCopy): string[] {
  const bySeq = new Map(slots.flatMap((slot) => (slot.runSeq === null ? [] : [[slot.runSeq, slot] as const])));
  const ofSlots = runs.filter(({ run }) => run.slot !== undefined);
  const strays = ofSlots.filter(({ seq, run }) => {
    const slot = bySeq.get(seq);
    return slot === undefined || slot.check !== run.check || slot.dueAt !== run.slot?.dueAt;
  });
  const problems = strays.map(({ run }) => `run ${run.id} is not the record of its slot`);
  if (bySeq.size !== ofSlots.length)
    problems.push(`${bySeq.size} slots name a run, and there are ${ofSlots.length} of them`);
  return problems;
}

/** The incidents are those that the stored runs make, one after the other: none forgotten, none opened twice, each closed once. */
function auditIncidents(ledger: LedgerCopy, check: AuditedCheck): string[] {
  const runs = ledger.runs.map(({ run }) => run).filter((run) => run.check === check.id);
  return (['target', 'fault'] as const).flatMap((track) => {
    const stored = ledger.incidents
      .filter((incident) => incident.check === check.id && incident.track === track)
      .map(({ openedBy, closedBy }) => `${openedBy} to ${closedBy ?? 'now'}`);
    const made = incidentsOf(runs, check, track);
    if (stored.join() === made.join()) return [];
    return [`${check.id}: incidents of the ${track} are [${stored}], its runs make [${made}]`];
  });
}

function incidentsOf(runs: readonly Run[], { id, rule }: AuditedCheck, track: Track): readonly string[] {
  const made: { openedBy: string; closedBy?: string }[] = [];
  let state = quietState(checkId(id), 'local', track);
  for (const run of runs) {
    const step = stepIncident(state, { run, rule, severity: 'P2', newId: () => incidentId(0, '00000000') });
    state = step.state;
    if (step.change?.change === 'opened') made.push({ openedBy: run.id });
    const last = made.at(-1);
    if (step.change?.change === 'recovered' && last) last.closedBy = run.id;
  }
  return made.map(({ openedBy, closedBy }) => `${openedBy} to ${closedBy ?? 'now'}`);
}

/** Each change of an incident has one notice; each notice arrived at least once, always under its own key, the opening first. */
function auditNotices({ incidents, notices }: LedgerCopy, posts: readonly Posted[]): string[] {
  const problems: string[] = [];
  for (const incident of incidents) {
    const expected = incident.closedHow === null ? ['opened'] : ['opened', incident.closedHow];
    const own = notices.filter((notice) => notice.incident === incident.id);
    if (own.map(({ change }) => change).join() !== expected.join())
      problems.push(`incident ${incident.id} has the notices [${own.map(({ change }) => change)}], not [${expected}]`);
    const arrived = own.map(({ id }) => posts.findIndex(({ key }) => key === id));
    if (arrived.includes(-1))
      problems.push(`incident ${incident.id}: a notice never arrived (${own.map(({ state }) => state)})`);
    if (arrived.toSorted((a, b) => a - b).join() !== arrived.join())
      problems.push(`incident ${incident.id}: its recovery arrived before its opening`);
  }
  const waiting = notices.filter(({ state }) => state !== 'accepted');
  if (waiting.length > 0) problems.push(`${waiting.length} notices are ${waiting.map(({ state }) => state)}`);
  const known = new Map(notices.map((notice) => [notice.id, notice]));
  // What Vigie says of itself goes past the ledger.
  for (const { key, id, incident, change } of posts.filter(({ check }) => check.kind !== 'self')) {
    const notice = known.get(key);
    if (key !== id || notice?.incident !== incident || notice.change !== change)
      problems.push(`what arrived as ${key} ('${change}' of ${incident}) is no notice of the ledger`);
  }
  return problems;
}

function show(instant: number | undefined): string {
  return instant === undefined ? 'never' : new Date(instant).toISOString();
}
