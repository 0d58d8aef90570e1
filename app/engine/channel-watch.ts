import { isDeepStrictEqual } from 'node:util';
import { channelOfId, troubleOf } from '../../core/channel-trouble.ts';
import { FAULTS, type FaultCode } from '../../core/fault.ts';
import type { CheckId } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import type { Channel, Delivery, Notice } from '../../core/notice.ts';
import type { ChannelConfig, Plan } from '../../core/plan.ts';
import { causeOfId, isOwnCause } from '../../core/shared-cause.ts';
import type { IncidentKeeper, IncidentPart } from './incident-keeper.ts';

export type ChannelWatchParts = {
  readonly incidents: Pick<IncidentKeeper, 'answer' | 'settleChannel' | 'removeChannel' | 'states'>;
  readonly plan: () => Plan;
  readonly record: (part: IncidentPart) => Promise<void>;
  readonly log: Log;
};

/** Watches whether the channels take what they are given: an alert that a receiver refuses must not be lost in silence. */
export type ChannelWatch = {
  /** What the receiver of a notice answered. */
  answered(delivery: Delivery, notice: Notice): void;
  /** A channel that ended itself, and answers so without asking; `undefined` for any other. */
  endedChannel(config: ChannelConfig): Channel | undefined;
  /** Called again and again: closes what flapped and has come to rest, and what belongs to a channel that is gone or was changed. */
  look(at: number): void;
};

export function watchChannels({ incidents, plan, record, log }: ChannelWatchParts): ChannelWatch {
  /** What each channel with trouble was like when it had it. */
  const troubled = new Map<string, ChannelConfig>();
  const ended = new Map<string, string>();

  function configOf(channel: string): ChannelConfig | undefined {
    return plan().channels.find(({ id }) => id === channel);
  }

  /** While our own network is down no channel can be reached, which is told as that. */
  function isCutOff(): boolean {
    return incidents.states().some(({ check, open }) => open !== undefined && isOwnCause(check) && isOfNetwork(check));
  }

  function take(part: IncidentPart): void {
    if ((part.tracks ?? []).length > 0) void record(part);
  }

  function isChanged(channel: string): boolean {
    const before = troubled.get(channel);
    const config = configOf(channel);
    return config === undefined || (before !== undefined && !isDeepStrictEqual(before, config));
  }

  function forget(channel: string): void {
    troubled.delete(channel);
    ended.delete(channel);
  }

  return {
    answered(delivery, notice) {
      const { channel, outcome, at } = delivery;
      const config = configOf(channel);
      const trouble = troubleOf(delivery, notice);
      if (config === undefined || trouble === 'none yet') return;
      if (outcome.status === 'retry' && isCutOff()) return;
      const isGone = outcome.status === 'rejected' && outcome.isFinal === true;
      if (isGone && !ended.has(channel)) {
        log.error({ channel, answer: outcome.detail }, 'a channel has ended itself and is not used any more');
        ended.set(channel, outcome.detail);
      }
      // Several are sent at once: one that was taken after a 410 shows that the channel is not gone.
      if (outcome.status === 'accepted') ended.delete(channel);
      if (trouble === undefined) troubled.delete(channel);
      else troubled.set(channel, config);
      take(incidents.answer(channel, { trouble, isGone, at }, plan()));
    },
    endedChannel(config) {
      if (isChanged(config.id)) forget(config.id);
      const detail = ended.get(config.id);
      if (detail === undefined) return undefined;
      const outcome = { status: 'rejected', detail: `not sent: it had answered ${detail}`, isFinal: true } as const;
      return { id: config.id, type: config.type, deliver: async () => outcome };
    },
    look(at) {
      for (const { check, open, location } of incidents.states()) {
        const channel = channelOfId(check);
        if (channel === undefined || open === undefined || location !== plan().settings.location) continue;
        if (isChanged(channel)) {
          forget(channel);
          take(incidents.removeChannel(channel, plan(), at));
        } else take(incidents.settleChannel(channel, plan(), at));
      }
    },
  };
}

function isOfNetwork(check: CheckId): boolean {
  const code = causeOfId(check);
  return Object.hasOwn(FAULTS, code) && FAULTS[code as FaultCode].blame === 'network';
}
