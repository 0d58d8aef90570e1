import type { Check } from '../../core/check.ts';
import type { Instant } from '../../core/clock.ts';
import { trusted } from '../../core/identifiers.ts';
import { latestRunOf } from '../../core/latest-run.ts';
import type { Delivery } from '../../core/notice.ts';
import type { Plan } from '../../core/plan.ts';
import type { StoreReader } from '../../core/store.ts';
import type { MetricsRegistry } from '../../reporters/prometheus/metrics-registry.ts';

const GOOD = ['passed', 'degraded'] as const;

/** Puts a plan in force, and shows at once what the store knows of checks that are new here, not only after their next run. */
export async function showPlan(
  registry: MetricsRegistry,
  reader: StoreReader,
  { checks, channels }: Plan,
  { loadedAt, now }: { readonly loadedAt: Instant; readonly now: Instant },
): Promise<void> {
  const fresh = await registry.plan({ checks, channels: channels.map(({ id }) => id), loadedAt });
  for (const check of fresh) restore(registry, reader, check, now);
  if (fresh.length > 0) registry.open(reader.incidents({ open: true, limit: 1_000 }));
}

/** The last good run first, for the time of the last success; then the latest, which everything else tells about. */
function restore(registry: MetricsRegistry, reader: StoreReader, check: Check, now: Instant): void {
  const latest = latestRunOf(reader, check.id, now);
  if (latest === undefined) return;
  const isGood = latest.status === 'passed' || latest.status === 'degraded';
  const [good] = isGood ? [] : reader.runs({ check: check.id, status: GOOD, to: latest.startedAt, limit: 1 });
  for (const summary of [good, latest]) {
    const run = summary === undefined ? undefined : reader.run(summary.id);
    if (run !== undefined) registry.restore(run);
  }
}

/** Time from the notice to its acceptance: a delivery itself knows only how long its last attempt took. */
export function showDelivery(registry: MetricsRegistry, reader: StoreReader, delivery: Delivery): void {
  const incident = trusted.incidentId(delivery.notice.split('.')[0] ?? '');
  const notice = reader.notices(incident).find(({ id }) => id === delivery.notice);
  registry.delivery(delivery, notice?.createdAt ?? delivery.at);
}
