import type { Outbound } from '../../core/outbound.ts';
import type { Settings } from '../../core/plan.ts';
import { openOutbound } from '../../outbound/open-outbound.ts';
import { guardAddresses } from '../../synthetic/net/addresses.ts';

/** The way to receivers under the address rules of these settings. */
export function outboundOf({ addresses }: Pick<Settings, 'addresses'>): Outbound {
  return openOutbound(guardAddresses({ allow: [], deny: [] }, addresses));
}
