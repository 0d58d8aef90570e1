import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { EvidenceRule } from '../../core/observation.ts';
import { endingsOf } from '../net/endings.ts';
import { NameResolver } from '../net/resolver.ts';
import { TlsContexts } from '../net/tls-contexts.ts';
import { filesOf, type HttpOptions, httpSchema } from './arguments.ts';
import { HTTP_ENDINGS } from './endings.ts';
import { looksInside } from './expectations.ts';
import { HTTP_MEASURES } from './measures.ts';
import { placeOf } from './place.ts';
import { Preparations } from './prepare.ts';
import { type HttpResource, runHttp } from './run.ts';

/** A request over a fresh connection, its phases measured, its answer held against expectations. */
export const httpKind = defineKind({
  kind: 'http',
  schema: httpSchema,
  lane: () => 'light',
  defaultTimeoutMs: 10_000,
  evidence,
  measures: HTTP_MEASURES,
  endings: endingsOf(HTTP_ENDINGS),
  needs: () => [],
  files: filesOf,
  endpoint: ({ url, origin, proxy, resolver }, { baseUrl, origins }) => {
    if (proxy !== undefined) return undefined;
    const base = origin === undefined ? baseUrl : (origins[origin] ?? baseUrl);
    const address = new URL(url, base);
    const { host, port } = placeOf(address);
    return { host, port, path: address.pathname + address.search, ownResolver: resolver !== undefined };
  },
  open: async ({ clock }): Promise<HttpResource> => ({
    resolver: new NameResolver(clock),
    contexts: new TlsContexts(clock),
    preparations: new Preparations(),
  }),
  close: async ({ resolver }) => resolver.close(),
  run: runHttp,
});

const RULES: readonly EvidenceRule[] = [
  { item: 'responses', atLeast: 1, fault: fault('evidence-missing', 'No answer was read to its end') },
  { item: 'assertions', atLeast: 1, fault: fault('no-assertion', 'No expectation was executed') },
  {
    item: 'undecided',
    atMost: 0,
    fault: fault(
      'config-invalid',
      `Expectations could not be decided; raise 'bodyLimit', simplify the pattern, or look where there is something`,
    ),
  },
  {
    item: 'strayed',
    atMost: 0,
    fault: fault(
      'wrong-page',
      "A redirect led elsewhere, and nothing expected tells whether that is the page asked for; say where it should end ('expect: { endsOn: … }'), or what the body should hold",
    ),
  },
];
const CONTENT: EvidenceRule = {
  item: 'content',
  atLeast: 1,
  fault: fault('evidence-missing', `The answer was empty; say 'expect: { body: { empty: true } }' if it should be`),
};

/** An empty page with status 200 is the oldest false green, so an answer must have content unless that is what is expected. */
function evidence({ method, expect }: HttpOptions): readonly EvidenceRule[] {
  const mayBeEmpty =
    expect.body.empty === true || ((method === 'HEAD' || method === 'OPTIONS') && !looksInside(expect));
  return mayBeEmpty ? RULES : [...RULES, CONTENT];
}
