import { Trouble } from '../net/trouble.ts';
import type { HttpOptions } from './arguments.ts';
import { type Outgoing, outgoing } from './outgoing.ts';
import { placeOf } from './place.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const ABOUT_THE_BODY: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-language']);

type Answer = { readonly status: number; readonly location: string | undefined };

/** Whether the answer is to be followed: a redirect with a place to go that the check does not expect as its answer. */
export function isFollowed({ status, location }: Answer, { redirects, expect }: HttpOptions): boolean {
  if (!redirects.follow || location === undefined || !REDIRECTS.has(status)) return false;
  return typeof expect.status === 'string' ? expect.status !== '3xx' : !expect.status.includes(status);
}

/**
 * The request a redirect leads to, by the rules of the Fetch standard, and stricter: what is bound to the origin (authorization,
 * cookies, headers from secrets, client certificate) does not leave it and does not come back, https is not left, and a body with
 * secrets is not given to another origin. Throws a `Trouble` when it must not be followed.
 */
export function redirect(from: Outgoing, answer: Answer, rules: HttpOptions['redirects']): Outgoing {
  const url = targetOf(from.place.url, answer.location ?? '', rules);
  const leaves = url.origin !== from.place.origin;
  const drops = dropsBody(from.method, answer.status);
  if (leaves && !drops && from.bodyHoldsSecrets)
    throw refuse('REDIRECT_SECRET_BODY', `to ${url.origin}, another origin than ${from.place.origin}`);
  const headers = from.headers.filter(({ name, bound }) => !(leaves && bound) && !(drops && ABOUT_THE_BODY.has(name)));
  const { body, wire: _wire, ...rest } = from;
  return outgoing({
    ...rest,
    place: placeOf(url),
    headers,
    method: drops ? 'GET' : from.method,
    trusted: from.trusted && !leaves,
    ...(drops || body === undefined ? {} : { body }),
  });
}

function targetOf(from: URL, location: string, { allowDowngrade }: HttpOptions['redirects']): URL {
  const url = URL.parse(location, from);
  if (url === null) throw refuse('REDIRECT_INVALID', `'${location}' is not a URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('REDIRECT_SCHEME', `to ${url.protocol}`);
  if (!allowDowngrade && from.protocol === 'https:' && url.protocol === 'http:')
    throw refuse('REDIRECT_DOWNGRADE', `from ${from.origin} to ${url.origin}`);
  if (url.hash === '') url.hash = from.hash;
  // A target must not make us log in somewhere with credentials of its choice.
  url.username = '';
  url.password = '';
  return url;
}

function dropsBody(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

export function refuse(code: string, detail: string): Trouble {
  return new Trouble('first_byte', code, detail);
}
