import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { MeasureCatalogue } from '../../core/measure.ts';
import { endingsOf } from '../net/endings.ts';
import { NameResolver } from '../net/resolver.ts';
import { TlsContexts } from '../net/tls-contexts.ts';
import { endpointOf, filesOf, tlsSchema } from './arguments.ts';
import { TLS_KIND_ENDINGS } from './endings.ts';
import { runTls, type TlsResource } from './run.ts';

const MEASURES = {
  total: { unit: 'ms', gated: { floor: 5 }, help: 'From the start of the attempt to the end of the handshake.' },
  'phase.resolve': { unit: 'ms', help: 'Resolving the name.' },
  'phase.connect': { unit: 'ms', help: 'Connecting.' },
  'phase.tls': { unit: 'ms', help: 'The full TLS handshake.' },
  certificate_time_left: {
    unit: 'ms',
    help: 'Time until the first certificate of the chain that is not a root ends. Known also when verification fails.',
  },
} as const satisfies MeasureCatalogue;

/** A handshake and what the server's certificate says. */
export const tlsKind = defineKind({
  kind: 'tls',
  schema: tlsSchema,
  lane: () => 'light',
  defaultTimeoutMs: 10_000,
  evidence: () => [
    { item: 'handshakes', atLeast: 1, fault: fault('evidence-missing', 'No handshake was made') },
    { item: 'certificates', atLeast: 1, fault: fault('evidence-missing', 'The server showed no certificate') },
  ],
  measures: MEASURES,
  endings: endingsOf(TLS_KIND_ENDINGS),
  needs: () => [],
  files: filesOf,
  endpoint: (options, { baseUrl }) => ({
    ...endpointOf(options, baseUrl),
    ownResolver: options.resolver !== undefined,
  }),
  open: async ({ clock }): Promise<TlsResource> => ({
    resolver: new NameResolver(clock),
    contexts: new TlsContexts(clock),
  }),
  close: async ({ resolver }) => resolver.close(),
  run: runTls,
});
