import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';

const CHANGES = /^\/api\/v1\/checks\/[^/]+\/(?:pause|resume)$/;
const PINGS = /^\/ping\//;

export type Manners = {
  /** Names under which we may be asked for besides addresses and `localhost`; absent: any. */
  readonly hosts?: readonly string[];
};
type Problem = { readonly status: 403 | 405 | 421; readonly error: string; readonly allow?: string };

/** What every request must observe, whoever makes it: host, method, origin. The type of its body is the framework's to refuse (415). */
export function insistOnManners(
  { hosts }: Manners,
  refuse: (context: Context, problem: Problem) => Response,
): MiddlewareHandler {
  return async (context, next) => {
    const problem = wrongHost(context, hosts) ?? wrongMethod(context) ?? foreignPage(context);
    if (problem !== undefined) return refuse(context, problem);
    return next();
  };
}

/** A page elsewhere can let its own name point at this machine and then read our answers (DNS rebinding); it cannot use our name. */
function wrongHost(context: Context, hosts: readonly string[] | undefined): Problem | undefined {
  if (hosts === undefined) return undefined;
  const name = hostnameOf(context.req.header('host') ?? '');
  if (name === undefined || name === 'localhost' || isIP(name) !== 0 || hosts.includes(name)) return undefined;
  return {
    status: 421,
    error: 'this host name is not ours; set settings.web.publicUrl to the address under which people reach this page',
  };
}

function wrongMethod({ req: { method, path } }: Context): Problem | undefined {
  const allow = PINGS.test(path) ? 'GET, POST' : CHANGES.test(path) ? 'POST' : 'GET, HEAD';
  return allow.split(', ').includes(method) ? undefined : { status: 405, error: 'method not allowed', allow };
}

/** What changes something is not done for a page of somebody else that a browser shows. */
function foreignPage({ req }: Context): Problem | undefined {
  if (!PINGS.test(req.path) && !CHANGES.test(req.path)) return undefined;
  const site = req.header('sec-fetch-site');
  const origin = req.header('origin');
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && URL.parse(origin)?.host !== req.header('host'));
  return isForeign ? { status: 403, error: 'not for pages of another origin' } : undefined;
}

function hostnameOf(host: string): string | undefined {
  return URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '');
}
