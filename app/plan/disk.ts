import type { Check, CheckKind } from '../../core/check.ts';
import type { Retention } from '../../core/plan.ts';
import { auditsIn } from './guess-duration.ts';
import type { CheckHistory } from './history.ts';

/** Bytes that a check writes. */
export type Disk = { readonly databaseBytes: number; readonly artefactBytes: number };

/** What a passed run adds to the database, indexes counted; measured over 2,000 runs of each kind. An audit depends on how much it asserts. */
const RECORD_BYTES = {
  http: 300,
  tcp: 250,
  dns: 250,
  tls: 300,
  heartbeat: 230,
  journey: 550,
  spec: 400,
  audit: 4_300,
  load: 1_200,
} as const satisfies Record<CheckKind, number>;

/** One result of Lighthouse as JSON. */
const AUDIT_BYTES = 400_000;
const DAY_MS = 86_400_000;

/** Bytes a day of one check. Files of failures come on top: a trace is a few megabytes. */
export function diskPerDay(check: Check, runsPerDay: number, history: CheckHistory | undefined): Disk {
  const artefacts = history?.artefactBytes ?? (check.kind === 'audit' ? auditsIn(check) * AUDIT_BYTES : 0);
  return { databaseBytes: runsPerDay * RECORD_BYTES[check.kind], artefactBytes: runsPerDay * artefacts };
}

/** What is there once old runs and files are deleted as fast as new ones come. */
export function diskInTheEnd({ databaseBytes, artefactBytes }: Disk, { passedRunsMs, artefactsMs }: Retention): number {
  return (databaseBytes * passedRunsMs + artefactBytes * artefactsMs) / DAY_MS;
}

export function sumDisk(all: readonly Disk[]): Disk {
  return {
    databaseBytes: all.reduce((total, { databaseBytes }) => total + databaseBytes, 0),
    artefactBytes: all.reduce((total, { artefactBytes }) => total + artefactBytes, 0),
  };
}
