import type { RunContext } from '../../core/kind.ts';
import type { Measure } from '../../core/measure.ts';
import type { Assertion, Evidence, Observation, Step, Taint } from '../../core/observation.ts';
import type { Attempt } from '../net/attempt.ts';
import type { Concluded } from '../net/endings.ts';
import { certificateLeftMs, connectionFacts, phaseMeasures, tlsFacts, totalMeasure } from '../net/report.ts';
import { safeText } from '../net/text.ts';
import type { HttpOptions } from './arguments.ts';
import { type ReadBody, spoilt } from './body-findings.ts';
import type { BodyText } from './body-text.ts';
import { knowsThePage, looksInside } from './expectations.ts';
import type { Finding } from './findings.ts';
import type { Hop } from './hop.ts';

import { type Answer, judgeAnswer } from './parse.ts';
import { type Prepared, traceId } from './prepare.ts';
import { isSamePlace } from './same-place.ts';

type Ended = {
  readonly attempt: Attempt;
  readonly prepared: Prepared | undefined;
  readonly context: RunContext;
  readonly options: HttpOptions;
  readonly hops: readonly Hop[];
  readonly ending: Concluded | { readonly body: ReadBody };
};

/** All that a run has seen, however far it came. */
export function observe(ended: Ended): Observation {
  const { ending } = ended;
  const last = ended.hops.at(-1);
  const body = 'body' in ending ? ending.body : undefined;
  const findings = body && last ? answerFindings(ended, last, body) : [];
  const taints: readonly Taint[] = body?.truncated ? ['output-truncated'] : [];
  return {
    measures: measuresOf(ended, last, body),
    steps: stepsOf(ended),
    assertions: scrubbed(
      [...certificateAssertion(ended, last), ...findings.flatMap(decided), ...asAssertion(ending)],
      ended,
    ),
    evidence: evidenceOf(ended, { last, body, findings }),
    artefacts: [],
    tools: {},
    taints,
    facts: factsOf(ended, last, body),
    ...('fault' in ending ? { fault: ending.fault } : {}),
  };
}

function answerFindings({ prepared, context, attempt }: Ended, last: Hop, body: ReadBody): readonly Finding[] {
  const { response, connection } = last;
  if (response === undefined || connection === undefined || prepared === undefined) return [];
  const leftMs = certificateLeftMs(last.secured, context.clock.now());
  const answer: Answer = {
    status: response.statusCode ?? 0,
    valuesOf: (name) => response.headersDistinct[name],
    httpVersion: response.httpVersion,
    asked: prepared.place.url,
    ended: last.place.url,
    family: connection.address.family,
    body,
    ...(leftMs === undefined ? {} : { certificateLeftMs: leftMs }),
  };
  attempt.closeSockets();
  return judgeAnswer(answer, prepared);
}

/** Holds whenever a handshake was accepted; a refused one is the ending's own assertion. */
function certificateAssertion({ options }: Ended, last: Hop | undefined): readonly Assertion[] {
  if (last?.secured === undefined || last.secured.problem !== undefined || options.tls.insecure) return [];
  return [{ ok: true, expected: 'a valid certificate', actual: 'it is' }];
}

function asAssertion(ending: Ended['ending']): readonly Assertion[] {
  return 'assertion' in ending ? [ending.assertion] : [];
}

function decided(finding: Finding): readonly Assertion[] {
  return 'ok' in finding ? [finding] : [];
}

/** A target can echo what we sent, secrets included. What held says nothing that the target wrote. */
function scrubbed(assertions: readonly Assertion[], { context }: Ended): readonly Assertion[] {
  return assertions.map((assertion) =>
    assertion.ok ? assertion : { ...assertion, actual: context.secrets.scrub(assertion.actual) },
  );
}

function measuresOf(
  { attempt, hops, context }: Ended,
  last: Hop | undefined,
  body: ReadBody | undefined,
): readonly Measure[] {
  const measures: Measure[] = phaseMeasures(attempt.spans);
  if (hops.length > 1) {
    for (const { phase, hop, durationMs } of attempt.spans)
      measures.push({ name: `hop.${phase}`, value: durationMs, unit: 'ms', labels: { hop: String(hop) } });
  }
  const leftMs = certificateLeftMs(last?.secured, context.clock.now());
  if (leftMs !== undefined) measures.push({ name: 'certificate_time_left', value: leftMs, unit: 'ms' });
  const status = last?.response?.statusCode;
  if (status !== undefined) measures.push({ name: 'status_code', value: status, unit: 'count' });
  if (body === undefined) return measures;
  measures.push(
    totalMeasure(attempt.spans),
    { name: 'redirects', value: hops.length - 1, unit: 'count' },
    { name: 'body_bytes', value: body.bytes.length, unit: 'bytes' },
  );
  return measures;
}

/** Redirects as steps; a single request needs none. */
function stepsOf({ attempt, hops, ending }: Ended): readonly Step[] {
  if (hops.length < 2) return [];
  return hops.map(({ place, startMs, response }, index) => ({
    name: safeText(`${response?.statusCode ?? 'no answer'} from ${place.origin}${place.url.pathname}`, 200),
    startMs,
    durationMs: (hops[index + 1]?.startMs ?? attempt.elapsedMs()) - startMs,
    status: index + 1 === hops.length && !('body' in ending) ? 'failed' : 'passed',
  }));
}

type Seen = {
  readonly last: Hop | undefined;
  readonly body: ReadBody | undefined;
  readonly findings: readonly Finding[];
};

function evidenceOf({ options, hops }: Ended, { last, body, findings }: Seen): Evidence {
  const undecided = findings.flatMap((finding) =>
    'undecided' in finding ? [`${finding.expected}: ${finding.undecided}`] : [],
  );
  const status = last?.response?.statusCode ?? 0;
  // What should not be in a body is in none of them that is empty.
  const needsContent =
    looksInside(options.expect) || (status >= 200 && status <= 299 && status !== 204 && status !== 205);
  return {
    responses: { seen: body === undefined ? 0 : 1 },
    assertions: { seen: findings.length - undecided.length },
    content:
      needsContent || body === undefined
        ? { seen: body?.bytes.length ?? 0, detail: 'bytes of the body' }
        : { seen: 1, detail: `an answer ${status} needs no body` },
    strayed: strayedEvidence(options, hops),
    undecided: {
      seen: undecided.length,
      ...(undecided.length === 0 ? {} : { detail: safeText(undecided.join('; ')) }),
    },
  };
}

/** A login page, a page of another site, a page for errors: with status 200 each looks like the page asked for. */
function strayedEvidence({ expect }: HttpOptions, hops: readonly Hop[]): Evidence[string] {
  const [asked, ended] = [hops[0]?.place.url, hops.at(-1)?.place.url];
  const isKnown = expect.endsOn !== undefined || knowsThePage(expect);
  if (asked === undefined || ended === undefined || isKnown || isSamePlace(ended, asked)) return { seen: 0 };
  return { seen: 1, detail: safeText(`${asked.origin}${asked.pathname} led to ${ended.origin}${ended.pathname}`, 300) };
}

function factsOf(ended: Ended, last: Hop | undefined, body: ReadBody | undefined): Readonly<Record<string, string>> {
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
