import type { Kind } from '../core/kind.ts';
import { auditKind } from '../lighthouse/kind.ts';
import { loadKind } from '../load/kind.ts';
import { dnsKind } from '../synthetic/dns/kind.ts';
import { heartbeatKind } from '../synthetic/heartbeat/kind.ts';
import { httpKind } from '../synthetic/http/kind.ts';
import { journeyKind } from '../synthetic/journey/kind.ts';
import { specKind } from '../synthetic/spec/kind.ts';
import { tcpKind } from '../synthetic/tcp/kind.ts';
import { tlsKind } from '../synthetic/tls/kind.ts';

/** Every kind of check. A new kind is its folder and a line here. */
export const KINDS: readonly Kind[] = [
  httpKind,
  tcpKind,
  dnsKind,
  tlsKind,
  heartbeatKind,
  journeyKind,
  specKind,
  auditKind,
  loadKind,
];
