import type { Check } from '../../core/check.ts';
import type { CheckId, IncidentId, NoticeId } from '../../core/identifiers.ts';
import type { Incident, IncidentChange, TrackState } from '../../core/incident.ts';
import type { Notice } from '../../core/notice.ts';
import { isOwnCause } from '../../core/shared-cause.ts';
import type { IncidentPart } from './incident-keeper.ts';

/** What a commit has to carry of what is owed. Lists that would be empty are absent. */
export type OwedPart = {
  readonly tracks?: readonly TrackState[];
  readonly incidents?: readonly Incident[];
  readonly notices?: readonly Notice[];
};
export type ChangeOf = { readonly change: IncidentChange; readonly check: Check | undefined };

/** A target that flaps for hours while the disk is full must not fill the memory, too. */
const MOST_NOTICES = 20_000;

export type Owed = {
  /** Returns how many of the oldest notices had to be dropped for it. */
  add(part: Partial<IncidentPart>, check: Check | undefined): number;
  /** Everything owed of one check and of the monitor itself, in its latest state. */
  of(check: CheckId): OwedPart;
  all(): OwedPart;
  /** `part` is durable: what has not changed since is owed no more. Gives the changes that are durable now. */
  settled(part: OwedPart): readonly ChangeOf[];
  readonly isEmpty: boolean;
};

/**
 * Incident states and notices that no commit has made durable yet. The run that caused them may be given up while the store is away;
 * the alarm may not. Always the latest state of a track, so that a commit repeated late cannot bring an older one back.
 */
export function keepOwed(): Owed {
  const tracks = new Map<string, TrackState>();
  const incidents = new Map<IncidentId, Incident>();
  const notices = new Map<NoticeId, Notice>();
  const changes = new Map<string, ChangeOf>();

  function partOf(belongs: (check: CheckId) => boolean): OwedPart {
    return partWith(
      [...tracks.values()].filter(({ check }) => belongs(check)),
      [...incidents.values()].filter(({ check }) => belongs(check)),
      [...notices.values()].filter(({ content }) => belongs(content.check.id)),
    );
  }

  return {
    get isEmpty() {
      return tracks.size + incidents.size + notices.size === 0;
    },
    add(part, check) {
      for (const track of part.tracks ?? []) tracks.set(keyOf(track), track);
      for (const incident of part.incidents ?? []) incidents.set(incident.id, incident);
      for (const notice of part.notices ?? []) notices.set(notice.id, notice);
      for (const change of part.changes ?? []) changes.set(`${change.incident.id} ${change.change}`, { change, check });
      const oldest = notices.size <= MOST_NOTICES ? [] : [...notices.keys()].slice(0, notices.size - MOST_NOTICES);
      for (const id of oldest) notices.delete(id);
      return oldest.length;
    },
    of: (check) => partOf((owner) => owner === check || isOwnCause(owner)),
    all: () => partOf(() => true),
    settled(part) {
      for (const track of part.tracks ?? []) if (tracks.get(keyOf(track)) === track) tracks.delete(keyOf(track));
      for (const notice of part.notices ?? []) notices.delete(notice.id);
      const durable: ChangeOf[] = [];
      for (const incident of part.incidents ?? []) {
        if (incidents.get(incident.id) === incident) incidents.delete(incident.id);
        for (const [key, known] of changes) {
          if (known.change.incident.id !== incident.id || (isEnding(known.change) && !incident.closed)) continue;
          durable.push(known);
          changes.delete(key);
        }
      }
      return durable;
    },
  };
}

function isEnding({ change }: IncidentChange): boolean {
  return change === 'recovered' || change === 'removed';
}

function keyOf({ check, location, track }: TrackState): string {
  return `${track}\n${location}\n${check}`;
}

function partWith(tracks: readonly TrackState[], incidents: readonly Incident[], notices: readonly Notice[]): OwedPart {
  return {
    ...(tracks.length === 0 ? {} : { tracks }),
    ...(incidents.length === 0 ? {} : { incidents }),
    ...(notices.length === 0 ? {} : { notices }),
  };
}
