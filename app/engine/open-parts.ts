import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HeartbeatSource } from '../../core/kind.ts';
import type { Log } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Secrets } from '../../core/secret.ts';
import { type AskedEndpoint, askEndpoint } from '../../synthetic/net/ask-endpoint.ts';
import { NameResolver } from '../../synthetic/net/resolver.ts';
import { openHostMonitor } from '../adapters/host-signals.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openTools } from '../adapters/tools.ts';
import { KINDS } from '../kinds.ts';
import { VERSION } from '../version.ts';
import type { ArtefactArea } from './artefact-area.ts';
import type { EngineParts } from './engine-parts.ts';
import { openResources } from './kind-resources.ts';
import { openWitnessStand } from './witness-stand.ts';

export type PartsInput = {
  readonly plan: () => Plan;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly artefacts: ArtefactArea;
  readonly heartbeats: HeartbeatSource;
};

/** A witness that answers does so at once; a target that is down should not wait longer than this for its alarm. */
const WITNESS_WITHIN_MS = 2_000;

export type OpenedParts = { readonly parts: EngineParts; close(): Promise<void> };

/** Builds what executions share: the same for the daemon and for commands that run checks. */
export function openParts({ plan, log, secrets, artefacts, heartbeats }: PartsInput): OpenedParts {
  const { settings, folder } = plan();
  const tools = openTools(process.env);
  const stateFolder = join(settings.dataFolder, 'state');
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const host = openHostMonitor(realClock);
  const resolver = new NameResolver(realClock);
  const asking = (endpoint: AskedEndpoint) =>
    askEndpoint(endpoint, {
      clock: realClock,
      resolver,
      timeoutMs: WITNESS_WITHIN_MS,
      addresses: plan().settings.addresses,
    });
  const resources = openResources({ clock: realClock, log, tools, secrets, baseFolder: folder, stateFolder });
  const parts: EngineParts = {
    version: VERSION,
    location: settings.location,
    clock: realClock,
    log,
    secrets,
    tools,
    host,
    witnesses: openWitnessStand({ plan, kinds: KINDS, clock: realClock, log, askEndpoint: asking }),
    heartbeats,
    artefacts,
    resources,
    baseFolder: () => plan().folder,
    loadAllow: () => plan().settings.loadAllow,
    addresses: () => plan().settings.addresses,
    // Node keeps a supply of these, while four random bytes cost a call of the system each time.
    entropy: () => randomUUID().slice(0, 8),
  };
  return {
    parts,
    async close() {
      await resources.close();
      resolver.close();
      host.close();
    },
  };
}
