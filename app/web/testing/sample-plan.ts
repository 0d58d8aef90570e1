import { join } from 'node:path';
import type { Check } from '../../../core/check.ts';
import type { Plan } from '../../../core/plan.ts';

/** A plan of these checks with its data in `folder`, listening on a free port. */
export function planOf(folder: string, checks: readonly Check[]): Plan {
  return {
    checks,
    channels: [],
    file: join(folder, 'vigie.config.ts'),
    folder,
    hash: 'plan',
    settings: {
      dataFolder: folder,
      logFolder: folder,
      location: 'local',
      lanes: { light: 50, browser: 1 },
      web: { host: '127.0.0.1', port: 0, requireToken: false },
      metrics: {},
      apiTokens: [],
      retention: { passedRunsMs: 1, failedRunsMs: 1, artefactsMs: 1, rollupsMs: 1 },
      faultChannels: [],
      controls: [],
      loadAllow: [],
      addresses: { allow: [], deny: [] },
      gate: {
        by: 0.1,
        maxDurationMs: 600_000,
        sliceMs: 10_000,
        undecided: 'inconclusive',
        folder: '/nowhere/vigie-gate',
      },
      shutdownGraceMs: 1_000,
    },
  };
}
