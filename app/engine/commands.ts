import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Command, CommandAnswer } from '../../core/command.ts';
import { messageOf } from '../../core/errors.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import { isSecretRef, type SecretRef, type Secrets } from '../../core/secret.ts';
import type { Store } from '../../core/store.ts';
import type { Scheduler } from '../../scheduler/scheduler.ts';
import type { HeartbeatKeeper } from './heartbeat-keeper.ts';
import type { PauseListener } from './pause-keeper.ts';

export type CommandParts = {
  readonly store: Pick<Store, 'commit'>;
  readonly secrets: Secrets;
  readonly plan: () => Plan;
  readonly heartbeats: HeartbeatKeeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly pauses: PauseListener;
  readonly scheduler: Pick<Scheduler, 'clockDoubt'>;
};

/** Carries out what the web page and jobs elsewhere ask for. Answers after the commit, so that `ok` means durable. */
export function commandHandler(parts: CommandParts): (command: Command) => Promise<CommandAnswer> {
  const hashOfSecret = makeTokenHashes(parts);
  return async (command) => {
    try {
      return await carryOut(command, parts, hashOfSecret);
    } catch (error) {
      return { ok: false, reason: 'busy', message: `not recorded: ${messageOf(error)}` };
    }
  };
}

async function carryOut(
  command: Command,
  { store, plan, heartbeats, clock, pauses, scheduler }: CommandParts,
  hashOfSecret: HashOfSecret,
): Promise<CommandAnswer> {
  switch (command.type) {
    case 'ping': {
      const check = checkOfToken(command.token, plan(), hashOfSecret);
      if (check === undefined) return { ok: false, reason: 'unknown', message: 'there is nothing here' };
      // A ping of 2038 would keep its job looking alive until then. Our listener counts as down meanwhile.
      if (scheduler.clockDoubt !== undefined) return { ok: false, reason: 'busy', message: scheduler.clockDoubt };
      // Heard is heard: a ping that the store cannot take must not make a job look silent.
      heartbeats.ping(check, command.at);
      await store.commit({ pings: [{ check, at: command.at }] });
      return { ok: true };
    }
    case 'pause': {
      const pause = {
        check: command.check,
        since: clock.now(),
        by: command.by,
        ...(command.until === undefined ? {} : { until: command.until }),
      };
      if (!plan().checks.some((check) => check.id === command.check)) return UNKNOWN_CHECK;
      if (pause.until !== undefined && pause.until <= pause.since)
        return { ok: false, reason: 'refused', message: 'the pause would be over before it begins' };
      await store.commit({ pause });
      pauses.pause(pause);
      return { ok: true };
    }
    case 'resume':
      if (!plan().checks.some((check) => check.id === command.check)) return UNKNOWN_CHECK;
      await store.commit({ resume: command.check });
      pauses.resume(command.check);
      return { ok: true };
  }
}

/** Does not repeat what was asked for: it is whatever somebody wrote. */
const UNKNOWN_CHECK: CommandAnswer = { ok: false, reason: 'unknown', message: 'there is no such check' };

/** Looks the token up by hash, so that the time taken says nothing about how much of a guess was right. */
function checkOfToken(token: string, plan: Plan, hashOfSecret: HashOfSecret): CheckId | undefined {
  const given = hash(token);
  for (const check of plan.checks) {
    if (
      check.kind !== 'heartbeat' ||
      typeof check.options !== 'object' ||
      check.options === null ||
      !('token' in check.options)
    )
      continue;
    if (isSecretRef(check.options.token) && hashOfSecret(check.options.token) === given) return check.id;
  }
  return undefined;
}

type HashOfSecret = (ref: SecretRef) => string | undefined;

/** A token that is not set is nobody's: it must neither stop the pings of other checks nor be told to whoever asks. Said once, whoever asks how often. */
function makeTokenHashes({ secrets, log }: Pick<CommandParts, 'secrets' | 'log'>): HashOfSecret {
  const told = new Set<string>();
  return (ref) => {
    try {
      return hash(secrets.resolve(ref));
    } catch (error) {
      if (!told.has(ref.secret))
        log.warn({ error: messageOf(error) }, 'the token of a heartbeat check is not known; its pings are refused');
      told.add(ref.secret);
      return undefined;
    }
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
