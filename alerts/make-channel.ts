import type { Clock } from '../core/clock.ts';
import type { Channel } from '../core/notice.ts';
import type { Outbound } from '../core/outbound.ts';
import type { ChannelConfig } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import { emailChannel } from './email.ts';
import { webhookChannel } from './webhook.ts';

/** The channel of a configuration entry. A new kind of channel is its file and a line here (and its schema in `config/settings-schema.ts`). */
export function makeChannel(
  config: ChannelConfig,
  secrets: Secrets,
  outbound: Outbound,
  clock: Pick<Clock, 'now'>,
): Channel {
  switch (config.type) {
    case 'webhook':
      return webhookChannel(config, secrets, outbound, clock);
    case 'email':
      return emailChannel(config, secrets, outbound);
  }
}
