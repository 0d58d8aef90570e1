import { z } from 'zod';
import type { Check, CheckKind } from '../../core/check.ts';
import type { Tools } from '../../core/kind.ts';
import type { Secrets } from '../../core/secret.ts';
import { forecastLoad } from '../../load/forecast.ts';
import { isFault } from '../../load/inspect.ts';
import { loadSchema } from '../../load/options.ts';

export type GuessServices = { readonly tools: Tools; readonly secrets: Secrets; readonly baseFolder: string };

/** Typical times of runs on two cores; only until a check has a history of its own. */
const USUAL_MS = {
  http: 150,
  tcp: 50,
  dns: 30,
  tls: 100,
  heartbeat: 1,
  journey: 4_000,
  spec: 20_000,
  audit: 12_000,
  load: 60_000,
} as const satisfies Record<CheckKind, number>;

/** k6 starts, compiles the script and writes its summary. */
const K6_OVERHEAD_MS = 2_000;
const auditSize = z.object({
  pages: z.array(z.unknown()).optional(),
  formFactors: z.array(z.unknown()),
  runs: z.number().optional(),
});

/** How long a run will probably take, milliseconds; k6 itself reckons what a load script asks for. */
export async function guessDuration(check: Check, services: GuessServices): Promise<number> {
  switch (check.kind) {
    case 'audit':
      return auditsIn(check) * USUAL_MS.audit;
    case 'load':
      return guessLoad(check, services);
    case 'http':
    case 'tcp':
    case 'dns':
    case 'tls':
    case 'heartbeat':
    case 'journey':
    case 'spec':
      return USUAL_MS[check.kind];
  }
}

/** How many single audits a run makes. Pages and runs that only lighthouserc.json names count as 1 and 3. */
export function auditsIn(check: Check): number {
  const size = auditSize.safeParse(check.options).data;
  return (size?.pages?.length ?? 1) * (size?.formFactors.length ?? 1) * (size?.runs ?? 3);
}

async function guessLoad(check: Check, { tools, secrets, baseFolder }: GuessServices): Promise<number> {
  const options = loadSchema.safeParse(check.options);
  if (!options.success) return USUAL_MS.load;
  const reckoned = await forecastLoad(options.data, { target: check.target, tools, secrets, baseFolder });
  // No k6, no secret, a script that does not load: `vigie run` says so; a plan can be made nevertheless.
  return isFault(reckoned) ? USUAL_MS.load : reckoned.longestMs + K6_OVERHEAD_MS;
}
