import type { Endpoint } from './kind.ts';

/** Endpoints that have no common owner by their looks, with `host` and among each other: at most `most`, the first ones. */
export function unrelatedTo(host: string, endpoints: readonly Endpoint[], most: number): readonly Endpoint[] {
  const taken = new Set([siteOf(host)]);
  const found: Endpoint[] = [];
  for (const endpoint of endpoints) {
    if (found.length === most) break;
    const site = siteOf(endpoint.host);
    if (taken.has(site)) continue;
    taken.add(site);
    found.push(endpoint);
  }
  return found;
}

/** What a name looks registered as: `shop.example` of `api.shop.example`, `shop.co.uk` of `www.shop.co.uk`. An address is a site of its own. */
export function siteOf(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name.includes(':') || /^[\d.]+$/.test(name)) return name;
  const labels = name.split('.');
  const second = labels.at(-2) ?? '';
  // No list of public suffixes: under a short second level (`co.uk`, `com.au`) the owner stands one further to the left.
  const isShared = labels.length > 2 && (labels.at(-1) ?? '').length === 2 && second.length <= 3;
  return labels.slice(isShared ? -3 : -2).join('.');
}

/** Whether a host is this machine, whose network nobody needs to prove. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^(?:::ffff:)?127(?:\.\d+){3}$/.test(name)
  );
}
