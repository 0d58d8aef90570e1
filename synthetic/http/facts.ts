import type { Instant } from '../../core/clock.ts';
import type { RunContext } from '../../core/kind.ts';
import type { Attempt } from '../net/attempt.ts';
import type { Concluded } from '../net/endings.ts';
import { connectionFacts, isoDate, tlsFacts } from '../net/report.ts';
import { safeText } from '../net/text.ts';
import type { HttpOptions } from './arguments.ts';
import { type ReadBody, spoilt } from './body-findings.ts';
import type { BodyText } from './body-text.ts';
import type { Hop } from './hop.ts';
import { certificatesOf, endingFirst } from './hop-certificates.ts';
import { type Prepared, traceId } from './prepare.ts';

/** What there is when a run has ended. */
export type Ended = {
  readonly attempt: Attempt;
  readonly prepared: Prepared | undefined;
  readonly context: RunContext;
  readonly options: HttpOptions;
  readonly hops: readonly Hop[];
  readonly ending: Concluded | { readonly body: ReadBody };
};

/** For a person who looks at the run: of its last hop, where nothing else is said. */
export function factsOf(
  ended: Ended,
  last: Hop | undefined,
  body: ReadBody | undefined,
): Readonly<Record<string, string>> {
  const { context, options, prepared, hops } = ended;
  if (last === undefined) return {};
  const { place, connection, response, secured } = last;
  const scrub = (text: string): string => context.secrets.scrub(text);
  const type = response?.headers['content-type'];
  return {
    finalUrl: scrub(safeText(place.url.href)),
    method: options.method,
    ...(hops.length > 1 ? { redirectedFrom: scrub(safeText(hops[0]?.place.url.href ?? '')) } : {}),
    ...(connection === undefined ? {} : connectionFacts(connection)),
    ...(options.proxy === undefined ? {} : { proxy: options.proxy.url }),
    ...(response === undefined ? {} : { httpVersion: response.httpVersion }),
    ...(type === undefined ? {} : { contentType: scrub(safeText(type, 200)) }),
    ...(secured === undefined ? {} : tlsFacts(secured)),
    ...endsFirstFact(hops, context.clock.now()),
    ...(options.tls.insecure ? { insecure: 'true' } : {}),
    ...(body?.read === undefined ? {} : encodingFacts(body.read)),
    ...(body?.truncated ? { bodyTruncated: `after ${body.bytes.length} bytes` } : {}),
    ...(prepared !== undefined && prepared.tracedOrigins.size > 0 ? { traceId: traceId(context.run) } : {}),
  };
}

/** Nothing for the usual case: UTF-8, and every byte of it. */
function encodingFacts(read: BodyText): Readonly<Record<string, string>> {
  return {
    ...(read.encoding === 'UTF-8' ? {} : { bodyEncoding: read.encoding }),
    ...(read.unreadable === 0 ? {} : { unreadable: spoilt(read) }),
  };
}

/** The other facts are those of the last hop. */
function endsFirstFact(hops: readonly Hop[], now: Instant): Readonly<Record<string, string>> {
  const first = endingFirst(certificatesOf(hops, now));
  if (first === undefined || first.hop === hops.length - 1) return {};
  return { certificateEndsFirst: `${first.host} until ${isoDate(now + first.leftMs)}` };
}
