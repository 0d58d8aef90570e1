import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { MeasureCatalogue } from '../../core/measure.ts';
import type { EvidenceRule } from '../../core/observation.ts';
import { endingsOf } from '../net/endings.ts';
import { NameResolver } from '../net/resolver.ts';
import { TlsContexts } from '../net/tls-contexts.ts';
import { filesOf, type TcpOptions, tcpSchema } from './arguments.ts';
import { TCP_ENDINGS } from './endings.ts';
import { runTcp, type TcpResource } from './run.ts';

const MEASURES = {
  total: { unit: 'ms', gated: { floor: 5 }, help: 'From the start of the attempt to the end of its last phase.' },
  'phase.resolve': { unit: 'ms', help: 'Resolving the name.' },
  'phase.connect': { unit: 'ms', help: 'Connecting.' },
  'phase.tls': { unit: 'ms', help: 'The full TLS handshake.' },
  'phase.exchange': { unit: 'ms', help: 'Waiting for the expected answers, all steps together.' },
  certificate_time_left: {
    unit: 'ms',
    help: 'Time until the first certificate of the chain that is not a root ends. Known also when verification fails.',
  },
} as const satisfies MeasureCatalogue;

/** A connection, with TLS and talk where wanted. */
export const tcpKind = defineKind({
  kind: 'tcp',
  schema: tcpSchema,
  lane: () => 'light',
  defaultTimeoutMs: 10_000,
  evidence,
  measures: MEASURES,
  endings: endingsOf(TCP_ENDINGS),
  needs: () => [],
  files: filesOf,
  endpoint: ({ host, port, resolver }, { baseUrl }) => ({
    host: host ?? new URL(baseUrl).hostname,
    port,
    ownResolver: resolver !== undefined,
  }),
  open: async ({ clock }): Promise<TcpResource> => ({
    resolver: new NameResolver(clock),
    contexts: new TlsContexts(clock),
  }),
  close: async ({ resolver }) => resolver.close(),
  run: runTcp,
});

function evidence({ exchange }: TcpOptions): readonly EvidenceRule[] {
  const answers = (exchange ?? []).filter((step) => 'expect' in step && step.expect !== undefined).length;
  return [
    { item: 'connections', atLeast: 1, fault: fault('evidence-missing', 'No connection was made') },
    { item: 'answers', atLeast: answers, fault: fault('evidence-missing', 'Not every expected answer came') },
  ];
}
