import { cut } from '../core/cut.ts';
import { VigieError } from '../core/errors.ts';
import { describeBreach } from '../core/judge.ts';
import type { Run, Verdict } from '../core/run.ts';
import type { Commit } from '../core/store.ts';
import { SKIP_CODES, STATUS_CODES, TRIGGER_CODES } from './codes.ts';
import { Splitter } from './document.ts';
import type { CommitRecord, RunRecord } from './record.ts';
import { ShapeBook } from './shape-book.ts';

/** Longer reasons are for the run's own page. */
const REASON_LENGTH = 300;

/** Makes records out of commits; throws a VigieError `commit-invalid` for one that contradicts itself. */
export class CommitEncoder {
  readonly #shapes = new ShapeBook(new Splitter());

  encode({ run, skipped = [], tracks = [], notices = [], ...rows }: Commit): CommitRecord {
    return {
      run: run === undefined ? undefined : this.#run(run),
      slots: skipped.map(({ slot, reason, recordedAt }) => ({ ...slot, reason: SKIP_CODES[reason], recordedAt })),
      tracks: tracks.map((state) => ({
        check: state.check,
        location: state.location,
        track: state.track,
        state: JSON.stringify(state),
      })),
      notices: notices.map(({ content, ...notice }) => ({ ...notice, content: JSON.stringify(content) })),
      rows,
      latestAt: latestOf(run, skipped, rows),
    };
  }

  #run(run: Run): RunRecord {
    refuseContradiction(run);
    const { id, check, kind, location, trigger, slot, startedAt, ...document } = run;
    const shaped = this.#shapes.shape(check, document, startedAt);
    return {
      id,
      check,
      location,
      kind,
      trigger: TRIGGER_CODES[trigger],
      dueAt: slot?.dueAt ?? null,
      status: STATUS_CODES[run.verdict.status],
      blame: run.verdict.status === 'inconclusive' ? run.verdict.fault.blame : null,
      reason: reasonOf(run.verdict),
      startedAt,
      durationUs: Math.round(durationOf(run) * 1_000),
      attempts: run.attempts.length,
      taints: run.taints.length === 0 ? null : run.taints.join(' '),
      ...shaped,
      hasArtefacts: run.attempts.some((attempt) => attempt.observation.artefacts.length > 0),
    };
  }
}

/** How long the measurement took that the verdict stands on; retries and their pauses before it are not the target's latency. */
function durationOf(run: Run): number {
  const durationMs = run.attempts.at(-1)?.durationMs ?? run.finishedAt - run.startedAt;
  return Number.isFinite(durationMs) ? Math.max(0, durationMs) : 0;
}

function reasonOf(verdict: Verdict): string | null {
  switch (verdict.status) {
    case 'passed':
      return null;
    case 'degraded':
    case 'failed':
      return cut(describeBreach(verdict.breaches[0]), REASON_LENGTH);
    case 'inconclusive':
      return cut(`${verdict.fault.code}: ${verdict.fault.message}`, REASON_LENGTH);
    case 'skipped':
      return verdict.reason;
  }
}

function refuseContradiction(run: Run): void {
  const { slot } = run;
  if ((run.trigger === 'slot') !== (slot !== undefined)) {
    throw invalid(run, `has trigger '${run.trigger}' and ${slot === undefined ? 'no slot' : 'a slot'}`);
  }
  if (slot !== undefined && (slot.check !== run.check || slot.location !== run.location)) {
    throw invalid(run, `stands on the slot of '${slot.check}' at '${slot.location}'`);
  }
}

function invalid(run: Run, problem: string): VigieError {
  return new VigieError(
    'commit-invalid',
    `Run '${run.id}' of check '${run.check}' at '${run.location}' ${problem}; nothing of its commit was written`,
    { hint: 'This is a defect of Vigie; please report it with this message.' },
  );
}

/**
 * The latest instant that can be trusted: of slots their own, because they are made by a clock that was believed; when they were
 * written down may have been read from one that was not, and a start would then take the right time for wrong.
 */
function latestOf(
  run: Run | undefined,
  skipped: NonNullable<Commit['skipped']>,
  { gaps = [], pings = [], listener }: Commit,
): number {
  let latest = run?.slot?.dueAt ?? run?.finishedAt ?? 0;
  for (const { slot } of skipped) latest = Math.max(latest, slot.dueAt);
  for (const { to } of gaps) latest = Math.max(latest, to);
  for (const { at } of pings) latest = Math.max(latest, at);
  return Math.max(latest, listener?.until ?? 0);
}
