import type { Check } from '../../core/check.ts';
import { messageOf, VigieError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Delivery, Notice } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { isOwnCause } from '../../core/shared-cause.ts';
import type { Commit, Cursor, Gap, SkippedSlot, Store } from '../../core/store.ts';
import type { IncidentKeeper, IncidentPart } from './incident-keeper.ts';
import { keepOwed, type OwedPart } from './owed.ts';
import type { ReporterFan } from './reporter-fan.ts';

export type Recorder = {
  /**
   * Commits a run with its incident change and notices in one transaction, then tells the reporters. Rejects when it is not durable;
   * called again with the same run it commits that run again and takes no second step. A slot that has a record already keeps it.
   */
  recordRun(run: Run, check: Check, cursor?: Cursor): Promise<void>;
  recordSkipped(skipped: readonly SkippedSlot[], gaps: readonly Gap[], cursors: readonly Cursor[]): Promise<void>;
  /** Incident changes that no run caused. Never rejects: what cannot be written now is owed. */
  recordChange(part: Partial<IncidentPart>, check: Check | undefined): Promise<void>;
  /** Writes what is owed, e.g. because its run was given up while the store was away. Never rejects. */
  settle(): Promise<void>;
  /** Notices that the store has not taken yet. */
  owedNotices(): readonly Notice[];
};

export type RecorderParts = {
  readonly store: Pick<Store, 'commit' | 'recordDelivery'>;
  readonly incidents: IncidentKeeper;
  readonly reporters: ReporterFan;
  readonly plan: () => Plan;
  /** Whether runs of this check may open and close incidents: not once it has left the configuration. */
  readonly isWatched: (check: Check['id']) => boolean;
  /** What a receiver has answered already, while the store could not take the notice. */
  readonly deliveryOf: (notice: Notice) => Delivery | undefined;
  /** Notices are in the store and want to be delivered. */
  readonly onNotices: (notices: OwedPart) => void;
  readonly log: Log;
};

export function openRecorder(parts: RecorderParts): Recorder {
  const { store, incidents, reporters, log } = parts;
  const owed = keepOwed();
  // Weak: a run that the scheduler gives up is forgotten here with it.
  const stepped = new WeakSet<Run>();

  function owe(part: Partial<IncidentPart>, check: Check | undefined): void {
    const dropped = owed.add(part, check);
    if (dropped > 0) log.error({ notices: dropped }, 'too many notices wait for the store; the oldest were given up');
  }

  function step(run: Run, check: Check): void {
    if (stepped.has(run)) return;
    stepped.add(run);
    if (parts.isWatched(check.id)) owe(incidents.step(run, check, parts.plan()), check);
  }

  /** With what is owed, in one transaction. Deliveries follow in the same turn, before anybody can look at the outbox. */
  async function commit(own: Commit, part: OwedPart): Promise<void> {
    const committed = store.commit({ ...own, ...part });
    const deliveries = (part.notices ?? []).flatMap((notice) => parts.deliveryOf(notice) ?? []);
    const noted = deliveries.map((delivery) => store.recordDelivery(delivery, undefined));
    // A delivery that could not be noted is repeated by the outbox, with the same key.
    const results = Promise.allSettled(noted);
    await committed;
    await results;
  }

  function tellSettled(part: OwedPart): void {
    const changes = owed.settled(part);
    if (part.notices !== undefined) parts.onNotices(part);
    for (const { change, check } of changes) {
      if (isOwnCause(change.incident.check)) reporters.incident(change, undefined);
      else if (check !== undefined) reporters.incident(change, check);
    }
  }

  async function recordRun(run: Run, check: Check, cursor?: Cursor): Promise<void> {
    step(run, check);
    const part = owed.of(check.id);
    try {
      await commit({ run, ...(cursor === undefined ? {} : { cursors: [cursor] }) }, part);
    } catch (error) {
      if (!isSlotTaken(error)) throw error;
      log.warn({ check: check.id, run: run.id }, messageOf(error));
      return settle();
    }
    reporters.run(run, check);
    tellSettled(part);
  }

  async function settle(): Promise<void> {
    if (owed.isEmpty) return;
    const part = owed.all();
    try {
      await commit({}, part);
      tellSettled(part);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'incidents could not be recorded; they are kept and tried again');
    }
  }

  async function recordSkipped(
    skipped: readonly SkippedSlot[],
    gaps: readonly Gap[],
    cursors: readonly Cursor[],
  ): Promise<void> {
    try {
      await store.commit({ skipped, gaps, cursors });
    } catch (error) {
      if (!isSlotTaken(error)) throw error;
      log.warn({ slots: skipped.length, gaps: gaps.length }, messageOf(error));
      await recordOneByOne(skipped, gaps, cursors);
    }
    reporters.skipped(skipped, gaps);
  }

  /** The records that were there first stand, and the others of the batch are written all the same. */
  async function recordOneByOne(
    skipped: readonly SkippedSlot[],
    gaps: readonly Gap[],
    cursors: readonly Cursor[],
  ): Promise<void> {
    const singles = [...skipped.map((one) => ({ skipped: [one] })), ...gaps.map((one) => ({ gaps: [one] }))];
    const results = await Promise.allSettled(singles.map((one) => store.commit(one)));
    const failed = results.find((result) => result.status === 'rejected' && !isSlotTaken(result.reason));
    if (failed?.status === 'rejected') throw failed.reason;
    await store.commit({ cursors });
  }

  return {
    recordRun,
    recordSkipped,
    settle,
    async recordChange(part, check) {
      owe(part, check);
      await settle();
    },
    owedNotices: () => owed.all().notices ?? [],
  };
}

function isSlotTaken(error: unknown): boolean {
  return error instanceof VigieError && error.code === 'slot-taken';
}
