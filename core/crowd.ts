import type { Instant } from './clock.ts';
import type { Incident } from './incident.ts';

/**
 * When a target goes down, all of its checks fail. So many of its incidents a channel hears of one by one within an hour, then of one
 * more as the sign that there are many, and of the rest only when they still fail once fewer of those that it heard of are open.
 */
export const CROWD = { alone: 10, windowMs: 3_600_000 } as const;

/** An incident and the channels that it concerns. */
export type Neighbour = { readonly incident: Incident; readonly channels: readonly string[] };

/** Who is told now of an incident, and the incident that remembers who was not. */
export type Telling = {
  readonly incident: Incident;
  readonly alone: readonly string[];
  /** Told that there are many. */
  readonly crowded: readonly string[];
};

/** Decides who of `channels` is told of an open incident. `neighbours` are the other open ones of its target, track and location. Pure. */
export function tellOf(
  incident: Incident,
  channels: readonly string[],
  neighbours: Iterable<Neighbour>,
  now: Instant,
): Telling {
  const counts = countHeard(incident, channels, neighbours, now);
  const where = (holds: (count: number) => boolean): readonly string[] =>
    channels.filter((channel) => holds(counts.get(channel) ?? 0));
  const untold = where((count) => count > CROWD.alone);
  const { untold: _, ...rest } = incident;
  return {
    incident: {
      ...rest,
      ...(untold.length === 0 ? {} : { untold }),
      ...(incident.untold === undefined || untold.length === channels.length ? {} : { toldAt: now }),
    },
    alone: where((count) => count < CROWD.alone),
    crowded: where((count) => count === CROWD.alone),
  };
}

/** How many others each channel has heard of, counted as far as it matters: in a crowd the first ones tell, and nobody walks over the rest. */
function countHeard(
  incident: Incident,
  channels: readonly string[],
  neighbours: Iterable<Neighbour>,
  now: Instant,
): ReadonlyMap<string, number> {
  const counts = new Map(channels.map((channel) => [channel, 0]));
  for (const other of neighbours) {
    if (!weighs(other, incident)) continue;
    for (const [channel, count] of counts) if (hasHeard(other, channel, now)) counts.set(channel, count + 1);
    if ([...counts.values()].every((count) => count > CROWD.alone)) break;
  }
  return counts;
}

/** A check that matters more is not hidden by ten that matter less. */
function weighs(other: Neighbour, incident: Incident): boolean {
  return other.incident.severity <= incident.severity;
}

function hasHeard({ incident, channels }: Neighbour, channel: string, now: Instant): boolean {
  const { untold = [], toldAt, openedAt } = incident;
  return channels.includes(channel) && !untold.includes(channel) && (toldAt ?? openedAt) > now - CROWD.windowMs;
}
