import { planLooks } from '../../core/gate/decide.ts';
import { STAGES, type Stage } from '../../core/gate/result.ts';
import type { Tools } from '../../core/kind.ts';
import type { Plan } from '../../core/plan.ts';
import type { Secrets } from '../../core/secret.ts';
import { formatQuantity } from '../../core/units.ts';
import { guessDuration } from '../plan/guess-duration.ts';
import { readHistory } from '../plan/history.ts';
import type { Entry } from './entries.ts';

export type StageEstimate = {
  readonly stage: Stage;
  readonly checks: number;
  /** One pair of each check (one sample without a baseline), milliseconds. */
  readonly roundMs: number;
  /** The soonest at which everything can be decided, and what an unchanged release usually takes with a noise of 5 % (`npm run bench:gate`). */
  readonly leastPairs: number;
  readonly usualPairs: number;
  /** Rounds before those that count: probes and journeys meet a deployment cold, what is heavier comes after them. */
  readonly warmUps: number;
};

/** All stages together, warming up included. */
function totalOf(estimates: readonly StageEstimate[]): { readonly leastMs: number; readonly usualMs: number } {
  const total = (pairs: (one: StageEstimate) => number): number =>
    estimates.reduce((sum, one) => sum + one.roundMs * (pairs(one) + one.warmUps), 0);
  return { leastMs: total((one) => one.leastPairs), usualMs: total((one) => one.usualPairs) };
}

/** What a person reads of it. The usual time can be longer than a gate may last, which then ends it undecided. */
export function describeTotal(estimates: readonly StageEstimate[], maxDurationMs: number): string {
  const { leastMs, usualMs } = totalOf(estimates);
  const [least, usual, most] = [leastMs, usualMs, maxDurationMs].map((ms) => formatQuantity(ms, 'ms'));
  const end = usualMs > maxDurationMs ? `but ended after ${most}: give it more with --max-duration` : `at most ${most}`;
  return `${least} at least, usually ${usual}, ${end}`;
}

export type EstimateServices = { readonly tools: Tools; readonly secrets: Secrets; readonly now: number };

const LEAST_PAIRS = planLooks()[0]?.pairs ?? 6;
const LEAST_SAMPLES = 3;
const USUAL_PAIRS = 8;

/** How long each stage will take: by the history of its checks, else by what such checks usually take. */
export async function estimateStages(
  entries: readonly Entry[],
  plan: Plan,
  { tools, secrets, now }: EstimateServices,
): Promise<readonly StageEstimate[]> {
  const { checks: history } = readHistory(plan, now);
  const times = await Promise.all(
    entries.map(async ({ check, base, stage, sampleMs: set }) => {
      const sampleMs =
        set ??
        history.get(check.id)?.meanMs ??
        (await guessDuration(check, { tools, secrets, baseFolder: plan.folder }));
      return { stage, ms: sampleMs * (base === undefined ? 1 : 2) };
    }),
  );
  return STAGES.flatMap((stage) => {
    const own = times.filter((one) => one.stage === stage);
    if (own.length === 0) return [];
    const isPaired = entries.some((entry) => entry.stage === stage && entry.base !== undefined);
    return [
      {
        stage,
        checks: own.length,
        roundMs: own.reduce((total, { ms }) => total + ms, 0),
        warmUps: stage === 'probes' || stage === 'journeys' ? 1 : 0,
        leastPairs: isPaired ? LEAST_PAIRS : LEAST_SAMPLES,
        usualPairs: isPaired ? USUAL_PAIRS : LEAST_SAMPLES + 1,
      },
    ];
  });
}
