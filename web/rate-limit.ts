import { isIPv6 } from 'node:net';
import type { Clock } from '../core/clock.ts';

export type Rate = { readonly burst: number; readonly perMinute: number };
export type RateLimit = {
  /** Milliseconds until this client may go on; 0: now. */
  waitMs(client: string): number;
  spend(client: string, cost?: number): void;
};

/** Clients remembered at once; a flood of addresses costs the oldest their record and never memory. */
const MOST_CLIENTS = 4_096;

/** A bucket for each client that fills again with time. */
export function limitRate({ burst, perMinute }: Rate, clock: Pick<Clock, 'monotonic'>): RateLimit {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  const leftOf = (key: string): number => {
    const bucket = buckets.get(key);
    return bucket === undefined ? burst : Math.min(burst, bucket.left + (clock.monotonic() - bucket.at) * perMs);
  };
  return {
    waitMs(client) {
      const left = leftOf(keyOf(client));
      return left >= 1 ? 0 : Math.ceil((1 - left) / perMs);
    },
    spend(client, cost = 1) {
      const key = keyOf(client);
      const left = leftOf(key) - cost;
      // Taken out and put back, so that the first key is the one longest unheard of.
      buckets.delete(key);
      const [oldest] = buckets.size >= MOST_CLIENTS ? buckets.keys() : [];
      if (oldest !== undefined) buckets.delete(oldest);
      buckets.set(key, { left: Math.max(left, -burst), at: clock.monotonic() });
    },
  };
}

/** Whoever has one IPv6 address has its whole /64; an IPv4 address may come mapped. */
function keyOf(client: string): string {
  const bare = client.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  const [left = '', right] = bare.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...new Array<string>(zeros).fill('0'), ...tail].slice(0, 4).join(':');
}
