import type { AddressRules } from '../../core/address-rules.ts';
import type { Clock } from '../../core/clock.ts';
import type { HeartbeatSource, Tools } from '../../core/kind.ts';
import type { Log } from '../../core/log.ts';
import type { Secrets } from '../../core/secret.ts';
import type { HostMonitor } from '../adapters/host-signals.ts';
import type { ArtefactArea } from './artefact-area.ts';
import type { KindResources } from './kind-resources.ts';
import type { WitnessStand } from './witness-stand.ts';

/** Everything an execution touches besides the check; built once by the composition root. */
export type EngineParts = {
  readonly version: string;
  readonly location: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly tools: Tools;
  readonly host: HostMonitor;
  readonly witnesses: WitnessStand;
  readonly heartbeats: HeartbeatSource;
  readonly artefacts: ArtefactArea;
  readonly resources: KindResources;
  /** Folder of the configuration; a function because a reload may move it. */
  readonly baseFolder: () => string;
  readonly loadAllow: () => readonly string[];
  readonly addresses: () => AddressRules;
  /** 8 hexadecimal digits, new at each call. */
  readonly entropy: () => string;
};
