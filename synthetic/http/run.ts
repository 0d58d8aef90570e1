import type { RunContext } from '../../core/kind.ts';
import type { Observation } from '../../core/observation.ts';
import { Attempt } from '../net/attempt.ts';
import type { Body } from '../net/body.ts';
import { conclude } from '../net/endings.ts';
import type { HttpOptions } from './arguments.ts';
import type { ReadBody } from './body-findings.ts';
import { readText } from './body-text.ts';
import { CookieJar } from './cookies.ts';
import { HTTP_ENDINGS } from './endings.ts';
import { receive } from './exchange.ts';
import { looksInside } from './expectations.ts';
import { type Hop, type HopInput, type NetParts, performHop } from './hop.ts';
import { mediaTypeOf } from './media-type.ts';
import { observe } from './observe.ts';
import { firstRequest, type Outgoing, outgoing } from './outgoing.ts';
import type { Preparations, Prepared } from './prepare.ts';
import { isFollowed, redirect, refuse } from './redirects.ts';

/** What http checks share between runs. */
export type HttpResource = NetParts & { readonly preparations: Preparations };

/** One attempt: request, redirects, body. Never throws for anything the target, the network or this machine does. */
export async function runHttp(options: HttpOptions, context: RunContext, resource: HttpResource): Promise<Observation> {
  const attempt = new Attempt({ signal: context.signal, clock: context.clock, timeoutMs: context.check.timeoutMs });
  const hops: Hop[] = [];
  let prepared: Prepared | undefined;
  try {
    prepared = resource.preparations.get(options, context);
    const received = await fetchAnswer({ attempt, prepared, context, parts: resource }, hops);
    const body = looksInside(options.expect) ? await withText(received, hops.at(-1)) : received;
    return observe({ attempt, prepared, context, hops, options, ending: { body } });
  } catch (error) {
    const ending = conclude(error, HTTP_ENDINGS, 'an answer');
    return observe({ attempt, prepared, context, hops, options, ending });
  } finally {
    attempt.end();
  }
}

async function withText(body: Body, last: Hop | undefined): Promise<ReadBody> {
  return { ...body, read: await readText(body, mediaTypeOf(last?.response?.headersDistinct['content-type'])) };
}

async function fetchAnswer(input: HopInput, hops: Hop[]): Promise<Body> {
  const { attempt, prepared, context } = input;
  const { redirects, bodyLimit } = prepared.options;
  const cookies = new CookieJar();
  let request = prepared.constant ?? (await firstRequest(prepared.options, prepared.place, context));
  for (let hop = 0; hop <= redirects.max; hop += 1) {
    const record: Hop = { place: request.place, startMs: attempt.elapsedMs() };
    hops.push(record);
    attempt.hop = hop;
    const exchange = await performHop(input, withCookies(request, cookies), record);
    const { response } = exchange;
    const { location } = response.headers;
    const answer = { status: response.statusCode ?? 0, location };
    if (!isFollowed(answer, prepared.options)) return receive(attempt, exchange, bodyLimit);
    cookies.keep(request.place.authority, response.headers['set-cookie'] ?? []);
    attempt.closeSockets();
    request = redirect(request, answer, redirects);
  }
  throw refuse(
    'TOO_MANY_REDIRECTS',
    `more than ${redirects.max}, the last to ${request.place.origin}${request.place.path}`,
  );
}

function withCookies(request: Outgoing, cookies: CookieJar): Outgoing {
  const value = cookies.header(request.place.authority);
  if (value === undefined) return request;
  const own = request.headers.find(({ name }) => name === 'cookie');
  const others = request.headers.filter((header) => header !== own);
  const joined = own === undefined ? value : `${own.value}; ${value}`;
  return outgoing({ ...request, headers: [...others, { name: 'cookie', value: joined, bound: true }] });
}
