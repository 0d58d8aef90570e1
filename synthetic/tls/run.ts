import { cut } from '../../core/cut.ts';
import { fault } from '../../core/fault.ts';
import type { RunContext } from '../../core/kind.ts';
import type { Assertion, Observation } from '../../core/observation.ts';
import { guardAddresses, normaliseHost } from '../net/addresses.ts';
import { Attempt } from '../net/attempt.ts';
import type { Connection } from '../net/connector.ts';
import { conclude } from '../net/endings.ts';
import { reach } from '../net/reach.ts';
import {
  certificateLeftMs,
  connectionFacts,
  type Handshaken,
  phaseMeasures,
  tlsFacts,
  totalMeasure,
} from '../net/report.ts';
import type { NameResolver } from '../net/resolver.ts';
import { handshake } from '../net/secure.ts';
import type { TlsContexts } from '../net/tls-contexts.ts';
import { Interruption } from '../net/trouble.ts';
import { endpointOf, type TlsOptions } from './arguments.ts';
import { TLS_KIND_ENDINGS } from './endings.ts';
import { judgeHandshake } from './parse.ts';

export type TlsResource = { readonly resolver: NameResolver; readonly contexts: TlsContexts };
type Run = {
  readonly attempt: Attempt;
  readonly options: TlsOptions;
  readonly context: RunContext;
  readonly resource: TlsResource;
};
type Seen = { connection?: Connection; secured?: Handshaken };

/** One handshake, nothing sent after it. */
export async function runTls(options: TlsOptions, context: RunContext, resource: TlsResource): Promise<Observation> {
  const attempt = new Attempt({ signal: context.signal, clock: context.clock, timeoutMs: context.check.timeoutMs });
  const run: Run = { attempt, options, context, resource };
  const seen: Seen = {};
  try {
    const secured = await shake(run, seen);
    if (isAboutLists(secured, options)) seen.secured = await lookWithoutLists(run, secured);
    const judged = seen.secured ?? secured;
    return { ...observe(run, seen), assertions: judgeHandshake(judged, options, context.clock.now()) };
  } catch (error) {
    const concluded = conclude(error, TLS_KIND_ENDINGS, 'a TLS handshake');
    const nothing = observe(run, seen);
    if ('fault' in concluded) return { ...nothing, fault: concluded.fault };
    return { ...nothing, assertions: [concluded.assertion] satisfies readonly Assertion[] };
  } finally {
    attempt.end();
  }
}

async function shake({ attempt, options, context, resource }: Run, seen: Seen): Promise<Handshaken> {
  const endpoint = endpointOf(options, context.target.baseUrl);
  const host = normaliseHost(endpoint.host) ?? endpoint.host;
  const { family, resolver: servers, phaseTimeouts } = options;
  const tlsContext = await resource.contexts.get(options, context);
  seen.connection = await reach(attempt, resource.resolver, {
    host,
    port: endpoint.port,
    guard: guardAddresses(options.addresses, context.addresses),
    family,
    servers,
    timeouts: phaseTimeouts,
  });
  const secured = await handshake(attempt, {
    socket: seen.connection.socket,
    serverName: options.serverName ?? host,
    context: tlsContext,
    protocols: [],
    ...(phaseTimeouts.tls === undefined ? {} : { timeoutMs: phaseTimeouts.tls }),
  });
  seen.secured = secured;
  return secured;
}

/** The lists did not tell whether it was revoked: one is missing, or out of date. That says nothing against the target. */
function isAboutLists({ problem }: Handshaken, { insecure }: TlsOptions): boolean {
  return !insecure && problem?.code.includes('CRL') === true;
}

/** OpenSSL tells the last problem only: what else is wrong with the certificate shows in a second handshake, without the lists. */
async function lookWithoutLists(run: Run, secured: Handshaken): Promise<Handshaken> {
  const { context, options } = run;
  const attempt = new Attempt({ signal: context.signal, clock: context.clock, timeoutMs: context.check.timeoutMs });
  try {
    const again = await shake({ ...run, attempt, options: { ...options, revoked: undefined } }, {});
    if (again.problem !== undefined) return { ...secured, problem: again.problem };
  } finally {
    attempt.end();
  }
  const message = `The lists in ${options.revoked} cannot tell whether the certificate was revoked (${secured.problem?.code}); fetch those of every authority of its chain anew`;
  throw new Interruption(fault('config-invalid', message));
}

function observe({ attempt, options, context }: Run, { connection, secured }: Seen): Observation {
  const leftMs = certificateLeftMs(secured, context.clock.now());
  return {
    measures: [
      ...phaseMeasures(attempt.spans),
      ...(secured === undefined ? [] : [totalMeasure(attempt.spans)]),
      ...(leftMs === undefined ? [] : [{ name: 'certificate_time_left', value: leftMs, unit: 'ms' } as const]),
    ],
    steps: [],
    assertions: [],
    evidence: {
      handshakes: { seen: secured === undefined ? 0 : 1 },
      certificates: { seen: secured?.certificate === undefined ? 0 : 1 },
    },
    artefacts: [],
    tools: {},
    taints: [],
    facts: {
      ...(connection === undefined ? {} : connectionFacts(connection)),
      ...(secured === undefined ? {} : tlsFacts(secured)),
      ...(secured?.certificate === undefined
        ? {}
        : { certificateNames: cut(secured.certificate.names.join(', '), 1_000) }),
      ...(options.insecure ? { insecure: 'true' } : {}),
    },
  };
}
