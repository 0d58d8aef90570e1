import { VigieError } from '../../../core/errors.ts';
import type { FakeClock } from '../../../core/fake-clock.ts';
import { SILENT_LOG } from '../../../core/log.ts';
import { makeRedactor } from '../../../core/redact.ts';
import type { Secrets } from '../../../core/secret.ts';
import type { EngineParts } from '../engine-parts.ts';
import { NO_WITNESSES } from '../witness-stand.ts';

/** Secrets by name, found in every form. */
export function secretsOf(values: Readonly<Record<string, string>> = {}): Secrets {
  const known = new Map(Object.entries(values));
  const redactor = makeRedactor(known);
  return {
    ...redactor,
    resolve({ secret }) {
      const value = known.get(secret);
      if (value === undefined) throw new VigieError('secret-missing', `the secret '${secret}' is not set`);
      return value;
    },
    known: () => known,
  };
}

/** The parts of an engine that touches nothing outside: no host is watched and attempts leave no files. */
export function makeParts(clock: FakeClock, more: Partial<EngineParts> = {}): EngineParts {
  let runs = 0;
  return {
    version: '0.0.0-test',
    location: 'local',
    clock,
    log: SILENT_LOG,
    secrets: secretsOf(),
    tools: { find: async () => ({ found: false, looked: [], mend: 'nothing to mend in a test' }) },
    host: {
      fingerprint: { platform: 'test', arch: 'test', cpuModel: 'test', cores: 1, memoryBytes: 1 },
      since: () => ({}),
      lagMs: () => 0,
      fitness: async () => undefined,
      close: () => {},
    },
    witnesses: NO_WITNESSES,
    heartbeats: { lastPingAt: () => undefined, watchedSince: () => 0, listenerWasDown: () => false },
    artefacts: {
      open: () => ({ folder: async () => '/nowhere', keep: async (artefacts) => artefacts }),
      close: async () => {},
    },
    resources: { of: async () => 'resource', close: async () => {} },
    baseFolder: () => '/',
    loadAllow: () => [],
    addresses: () => ({ allow: [], deny: [] }),
    entropy: () => {
      runs += 1;
      return runs.toString(16).padStart(8, '0');
    },
    ...more,
  };
}
