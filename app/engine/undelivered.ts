import type { IncidentId, NoticeId } from '../../core/identifiers.ts';
import type { Incident } from '../../core/incident.ts';
import type { Delivery, Notice } from '../../core/notice.ts';
import type { OwedPart } from './owed.ts';

/** More than this is not held for the rare case that the database has to be replaced. */
const MOST_NOTICES = 1_000;

/** Notices that the store has and no receiver has answered for good, as far as this process knows. */
export type Undelivered = {
  stored(part: OwedPart): void;
  delivered(delivery: Delivery, notice: Notice, isEnded: boolean): void;
  /** With their incidents, without which a store does not take them. */
  all(): { readonly notices: readonly Notice[]; readonly incidents: readonly Incident[] };
};

export function keepUndelivered(): Undelivered {
  const notices = new Map<NoticeId, Notice>();
  const incidents = new Map<IncidentId, Incident>();
  return {
    stored(part) {
      for (const incident of part.incidents ?? []) incidents.set(incident.id, incident);
      for (const notice of part.notices ?? []) if (notices.size < MOST_NOTICES) notices.set(notice.id, notice);
      const wanted = new Set([...notices.values()].map(({ incident }) => incident));
      for (const id of incidents.keys()) if (!wanted.has(id)) incidents.delete(id);
    },
    delivered({ outcome }, { id, incident, channel, content }, isEnded) {
      if (!isEnded) return;
      notices.delete(id);
      if (outcome.status !== 'rejected' || content.change !== 'opened') return;
      // What follows an opening that was never accepted is not sent either.
      for (const one of notices.values())
        if (one.incident === incident && one.channel === channel) notices.delete(one.id);
    },
    all() {
      const known = [...notices.values()].filter(({ incident }) => incidents.has(incident));
      const wanted = new Set(known.map(({ incident }) => incident));
      return { notices: known, incidents: [...incidents.values()].filter(({ id }) => wanted.has(id)) };
    },
  };
}

/**
 * What may be sent from memory while the store is away: not what follows a notice that waits in the store, because a recovery must not
 * overtake its opening. It waits for the store, too.
 */
export function withoutFollowers(owed: readonly Notice[], waiting: readonly Notice[]): readonly Notice[] {
  const lines = new Set(waiting.map(lineOf));
  return owed.filter((notice) => !lines.has(lineOf(notice)));
}

function lineOf({ incident, channel }: Notice): string {
  return `${incident}\n${channel}`;
}
