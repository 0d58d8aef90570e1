import { type Fault, fault } from '../../core/fault.ts';
import type { RunContext } from '../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import { formatQuantity } from '../../core/units.ts';
import { isFault } from '../net/trouble.ts';
import type { HeartbeatOptions } from './arguments.ts';
import type { HeartbeatEnding } from './endings.ts';
import { endingOf } from './parse.ts';

/** Looks at the pings that our listener heard; nothing is sent. */
export async function runHeartbeat(options: HeartbeatOptions, context: RunContext): Promise<Observation> {
  const { check, clock, heartbeats, signal } = context;
  if (signal.aborted && isFault(signal.reason)) return { ...EMPTY_OBSERVATION, fault: signal.reason };
  const now = clock.now();
  const lastPingAt = heartbeats.lastPingAt(check.id);
  const watchedSince = heartbeats.watchedSince(check.id);
  const windowMs = options.period + options.grace;
  const ending = endingOf({
    now,
    windowMs,
    lastPingAt,
    watchedSince,
    listenerWasDown: (from, to) => heartbeats.listenerWasDown(from, to),
  });
  const reason = faultOf(ending, { windowMs, now, watchedSince });
  // A clock set back must not make a silence negative.
  const sinceMs = lastPingAt === undefined ? undefined : Math.max(0, now - lastPingAt);
  const actual = sinceMs === undefined ? neverText(now - watchedSince) : `the last came ${show(sinceMs)} ago`;
  return {
    ...EMPTY_OBSERVATION,
    measures: sinceMs === undefined ? [] : [{ name: 'since_last_ping', value: sinceMs, unit: 'ms' }],
    assertions:
      reason === undefined
        ? [{ ok: ending === 'beating', expected: `a ping within ${show(windowMs)}`, actual, ground: 'date' }]
        : [],
    evidence: { pings: { seen: ending === 'beating' ? 1 : 0, detail: actual } },
    facts: lastPingAt === undefined ? {} : { lastPing: new Date(lastPingAt).toISOString() },
    ...(reason === undefined ? {} : { fault: reason }),
  };
}

type Waited = { readonly windowMs: number; readonly now: number; readonly watchedSince: number };

function faultOf(ending: HeartbeatEnding, { windowMs, now, watchedSince }: Waited): Fault | undefined {
  switch (ending) {
    case 'beating':
    case 'silent':
    case 'neverPinged':
      return undefined;
    case 'waiting': {
      if (!Number.isFinite(watchedSince))
        return fault(
          'evidence-missing',
          'No ping came yet, and none can come: only `vigie start` hears them, and it has not watched this check',
          'operator',
        );
      const message = `No ping came yet; the first is due in ${show(windowMs - (now - watchedSince))}. Have the job ping this check's URL`;
      return fault('evidence-missing', message, 'operator');
    }
    case 'deaf':
      return fault(
        'listener-down',
        `No ping in the last ${show(windowMs)}, but our own listener was down in that time`,
      );
  }
}

function neverText(watchedMs: number): string {
  return `none ever came, watched for ${show(watchedMs)}`;
}

function show(ms: number): string {
  return formatQuantity(ms, 'ms');
}
