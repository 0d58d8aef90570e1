import type { Measure } from '../../core/measure.ts';
import type { Assertion, Evidence, Observation, Step, Taint } from '../../core/observation.ts';
import { phaseMeasures, totalMeasure } from '../net/report.ts';
import { safeText } from '../net/text.ts';
import type { HttpOptions } from './arguments.ts';
import type { ReadBody } from './body-findings.ts';
import { knowsThePage, looksInside } from './expectations.ts';
import { type Ended, factsOf } from './facts.ts';
import type { Finding } from './findings.ts';
import type { Hop } from './hop.ts';
import { certificateMeasures, certificatesOf, endingFirst } from './hop-certificates.ts';

import { type Answer, judgeAnswer } from './parse.ts';
import { isSamePlace } from './same-place.ts';

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

function answerFindings({ prepared, context, attempt, hops }: Ended, last: Hop, body: ReadBody): readonly Finding[] {
  const { response, connection } = last;
  if (response === undefined || connection === undefined || prepared === undefined) return [];
  const endsFirst = endingFirst(certificatesOf(hops, context.clock.now()));
  const answer: Answer = {
    status: response.statusCode ?? 0,
    valuesOf: (name) => response.headersDistinct[name],
    httpVersion: response.httpVersion,
    asked: prepared.place.url,
    ended: last.place.url,
    family: connection.address.family,
    body,
    hops: hops.length,
    host: last.place.authority,
    hasCertificate: last.secured?.certificate !== undefined,
    ...(endsFirst === undefined ? {} : { endsFirst }),
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
  measures.push(...certificateMeasures(hops, context.clock.now()));
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
