import { composeSelf } from '../../alerts/compose-self.ts';
import { type OutboxOptions, openOutbox } from '../../alerts/deliver-outbox.ts';
import { type IncidentId, incidentId } from '../../core/identifiers.ts';
import type { Delivery, Notice } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import { keepNotices } from './memory-notices.ts';
import type { StoreTrouble } from './store-watch.ts';

export type SelfAlertsOptions = Omit<OutboxOptions, 'store'> & {
  readonly plan: () => Plan;
  readonly entropy: () => string;
  /** Notices of incidents that the store has not taken yet. */
  readonly owedNotices: () => readonly Notice[];
};

export type SelfAlerts = {
  /** Called again and again with what keeps the store from recording. Tells of it once it has lasted, and once that it is over. */
  look(trouble: StoreTrouble | undefined): void;
  /** Called again and again with why the clock is not believed. Tells of it, and that it is over. */
  lookAtClock(doubt: string | undefined): void;
  /** A damaged database was moved aside and a fresh one started. */
  databaseReplaced(reason: string, movedTo: readonly string[]): void;
  /** What a receiver answered to a notice that was sent from memory. */
  answerTo(notice: Notice): Delivery | undefined;
  /** The store has these now. */
  stored(notices: readonly Notice[]): void;
  close(graceMs: number): Promise<void>;
};

type Subject = 'store' | 'clock';
type Open = { readonly incident: IncidentId; readonly since: number };

/** A disk may be full for a moment; what lasts longer is told. Commits are tried again after 1, 2, 4 … seconds. */
export const PATIENCE_MS = 10_000;

/**
 * Alarms that cannot go through the store, because the store is what is in trouble: about Vigie itself, and the notices of
 * incidents meanwhile. Delivered from memory with retries and the same keys as ever; a restart forgets them.
 */
export function openSelfAlerts(options: SelfAlertsOptions): SelfAlerts {
  const { plan, clock, entropy, log } = options;
  const notices = keepNotices();
  const outbox = openOutbox({ ...options, store: notices });
  const open: Record<Subject, Open | undefined> = { store: undefined, clock: undefined };

  function send(all: readonly Notice[]): void {
    for (const notice of all) {
      if (!notices.add(notice))
        log.error({ notice: notice.id }, 'too many notices wait in memory; this one waits for the store');
    }
    outbox.wake();
  }

  function begin(subject: Subject, forMs: number, summary: string, details: readonly string[]): void {
    const at = clock.now();
    const opened = { incident: incidentId(at, entropy()), since: at - forMs };
    open[subject] = opened;
    send(composeSelf({ ...opened, change: 'opened', at, summary, details }, plan().settings));
  }

  function end(subject: Subject, summary: string): void {
    const opened = open[subject];
    if (opened === undefined) return;
    send(composeSelf({ ...opened, change: 'recovered', at: clock.now(), summary, details: [] }, plan().settings));
    open[subject] = undefined;
  }

  function beginStore({ forMs, reason }: StoreTrouble): void {
    log.error({ reason }, 'nothing can be recorded; checks and alarms go on from memory');
    begin('store', forMs, `Vigie cannot record: ${reason}`, [
      'Checks and alarms go on from memory. What is not recorded before a stop will be a gap in the history.',
    ]);
  }

  return {
    look(trouble) {
      if (trouble === undefined) return end('store', 'Vigie records again');
      if (trouble.forMs < PATIENCE_MS) return;
      if (open.store === undefined) beginStore(trouble);
      send(options.owedNotices());
    },
    lookAtClock(doubt) {
      if (doubt === undefined) return end('clock', 'Vigie believes its clock again, and goes on');
      if (open.clock !== undefined) return;
      begin('clock', 0, `Vigie measures nothing: ${doubt}`, [
        'Nothing is planned by a clock that cannot be right; the time until it is counts as not measured.',
      ]);
    },
    databaseReplaced(reason, movedTo) {
      const at = clock.now();
      const summary = `The database of Vigie was damaged and moved aside to ${movedTo.join(', ')}; a fresh one was started`;
      const details = [
        `What was found: ${reason}`,
        'Checks go on. The history from before is only in the file that was moved aside.',
      ];
      const incident = incidentId(at, entropy());
      send(composeSelf({ incident, change: 'opened', since: at, at, summary, details }, plan().settings));
    },
    answerTo: ({ id }) => notices.answerTo(id),
    stored(all) {
      for (const { id } of all) notices.forget(id);
    },
    close: (graceMs) => outbox.close(graceMs),
  };
}
