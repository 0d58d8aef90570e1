// The public entry: what a configuration or a journey imports. It loads no engine, only definitions, so that reading a
// configuration costs little.
import { type CheckFunction, checkFunction } from '../config/define.ts';
import type { auditKind } from '../lighthouse/kind.ts';
import type { loadKind } from '../load/kind.ts';
import type { dnsKind } from '../synthetic/dns/kind.ts';
import type { heartbeatKind } from '../synthetic/heartbeat/kind.ts';
import type { httpKind } from '../synthetic/http/kind.ts';
import type { journeyKind } from '../synthetic/journey/kind.ts';
import type { specKind } from '../synthetic/spec/kind.ts';
import type { tcpKind } from '../synthetic/tcp/kind.ts';
import type { tlsKind } from '../synthetic/tls/kind.ts';

export {
  type CheckInput,
  type ConfigInput,
  defineConfig,
  email,
  secret,
  secretFile,
  webhook,
} from '../config/define.ts';
export { type JourneyContext, journey } from '../synthetic/journey/journey.ts';

/** One HTTP request with its phases measured. */
export const httpCheck: CheckFunction<typeof httpKind> = checkFunction('http');
/** A TCP connection, with TLS and a short talk if asked. */
export const tcpCheck: CheckFunction<typeof tcpKind> = checkFunction('tcp');
/** A question to name servers. */
export const dnsCheck: CheckFunction<typeof dnsKind> = checkFunction('dns');
/** A TLS handshake and its certificate. */
export const tlsCheck: CheckFunction<typeof tlsKind> = checkFunction('tls');
/** A job elsewhere that must ping us in time. */
export const heartbeatCheck: CheckFunction<typeof heartbeatKind> = checkFunction('heartbeat');
/** An existing Playwright Test project, unchanged. */
export const specCheck: CheckFunction<typeof specKind> = checkFunction('spec');
/** A user's way through the target in a real browser. */
export const journeyCheck: CheckFunction<typeof journeyKind> = checkFunction('journey');
/** Lighthouse CI audits of pages. */
export const auditCheck: CheckFunction<typeof auditKind> = checkFunction('audit');
/** A k6 load scenario. */
export const loadCheck: CheckFunction<typeof loadKind> = checkFunction('load');
