import type { Check } from '../core/check.ts';
import type { Plan } from '../core/plan.ts';
import type { Run } from '../core/run.ts';
import { openMetricsRegistry } from '../reporters/prometheus/metrics-registry.ts';
import { pushMetrics } from '../reporters/prometheus/push.ts';
import { outboundOf } from './adapters/outbound.ts';
import { realClock } from './adapters/real-clock.ts';
import { VERSION } from './version.ts';

const PUSH_WITHIN_MS = 10_000;

/**
 * Publishes the runs of one command on the Pushgateway of the settings, each check in a group of its own, so that commands for
 * different checks do not erase each other's series, nor those of a running `vigie start`. Returns what went wrong, or `undefined`.
 */
export async function pushRuns(plan: Plan, runs: readonly Run[]): Promise<string | undefined> {
  const { pushgatewayUrl: url } = plan.settings.metrics;
  if (url === undefined) return 'not pushed: settings.metrics.pushgatewayUrl is not set';
  const problems = new Set<string>();
  for (const check of plan.checks) {
    const own = runs.filter((run) => run.check === check.id);
    const problem = own.length === 0 ? undefined : await pushCheck(url, plan, check, own);
    if (problem !== undefined) problems.add(problem);
  }
  return problems.size === 0 ? undefined : [...problems].join('; ');
}

async function pushCheck(url: string, plan: Plan, check: Check, runs: readonly Run[]): Promise<string | undefined> {
  const { location } = plan.settings;
  const registry = openMetricsRegistry({ location, version: VERSION });
  await registry.plan({ checks: [check], channels: [], loadedAt: realClock.now() });
  for (const run of runs) registry.run(run);
  return pushMetrics({
    url,
    grouping: { location, source: 'run', check: check.id },
    text: await registry.render(),
    contentType: registry.contentType,
    signal: AbortSignal.timeout(PUSH_WITHIN_MS),
    outbound: outboundOf(plan.settings),
  });
}
