import type { Target } from '../../core/check.ts';
import { cut } from '../../core/cut.ts';

const LONGEST = 160;

/**
 * How a request is called when two deployments are held side by side: the path on the target's own host, whatever its port, and what it is
 * called elsewhere. Without its query, which may hold a session. Undefined for what is no request over the network.
 */
export function requestAddress(url: string, { baseUrl, origins }: Target): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, hostname, host, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (hostname === new URL(baseUrl).hostname) return cut(pathname, LONGEST);
  const named = Object.entries(origins).find(([, base]) => new URL(base).origin === origin)?.[0];
  return cut(`${named ?? host}${pathname}`, LONGEST);
}
