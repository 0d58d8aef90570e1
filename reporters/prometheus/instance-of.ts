import { z } from 'zod';
import type { Check } from '../../core/check.ts';

/** What of a kind's options says where the probe goes; every kind may leave any of it out. */
const whereShape = z.object({
  url: z.string().optional(),
  origin: z.string().optional(),
  host: z.string().optional(),
  port: z.number().optional(),
  query: z.string().optional(),
});

/**
 * The label that dashboards for blackbox_exporter know as the target: the URL asked for, `host:port` of a connection, the name of a DNS
 * question. Comes from the configuration alone, so it is bounded and there before the first run; without query, fragment and user.
 */
export function instanceOf({ id, kind, options, target }: Check): string {
  const where = whereShape.safeParse(options).data ?? {};
  const host = where.host ?? URL.parse(target.baseUrl)?.hostname ?? target.baseUrl;
  switch (kind) {
    case 'tcp':
      return `${host}:${where.port ?? ''}`;
    case 'tls':
      return `${host}:${where.port ?? portOf(where.host === undefined ? target.baseUrl : '')}`;
    case 'dns':
      return where.query ?? host;
    case 'heartbeat':
      return id;
    case 'http':
      return addressOf(where.url ?? '', where.origin === undefined ? target.baseUrl : target.origins[where.origin]);
    case 'journey':
    case 'spec':
    case 'audit':
    case 'load':
      return addressOf('', target.baseUrl);
  }
}

/** The front page is the origin without a slash, as people write it. */
function addressOf(path: string, base: string | undefined): string {
  const url = URL.parse(path, base);
  if (url === null) return base ?? path;
  return url.pathname === '/' ? url.origin : `${url.origin}${url.pathname}`;
}

function portOf(base: string): number {
  const url = URL.parse(base);
  return url?.protocol === 'https:' && url.port !== '' ? Number(url.port) : 443;
}
