import type { CheckKind } from '../core/check.ts';

/** The least options with which each kind accepts a check. */
export const LEAST_OPTIONS: Readonly<Record<CheckKind, Readonly<Record<string, unknown>>>> = {
  http: {},
  tcp: { port: 80 },
  dns: {},
  tls: {},
  heartbeat: { token: { secret: 'X', from: 'environment' }, period: '1h' },
  journey: { file: 'a.ts' },
  spec: {},
  audit: { pages: ['/'] },
  load: { script: 'a.ts' },
};
