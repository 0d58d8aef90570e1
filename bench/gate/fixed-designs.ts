import { lowerCritical } from '../../core/gate/hodges-lehmann.ts';
import { quantile } from '../../core/statistics.ts';
import { seeded } from './noise.ts';
import { drawSamples, type Samples, type Scenario } from './simulate.ts';

/** What teams do today, on the same samples: a fixed number of runs, then one look. */
export type FixedDesign = { readonly name: string; readonly runs: number; fails(samples: Samples): boolean };

/** Medians of so many runs of each side; it fails when they differ by the least effect. */
export function medianAgainstThreshold(runs: number): FixedDesign {
  const median = (row: readonly number[]): number => quantile(row.slice(0, runs), 0.5) ?? 0;
  return {
    name: `median of ${runs} against a threshold`,
    runs,
    fails: ({ base, candidate }) => candidate.some((row, metric) => median(row) - median(base[metric] ?? []) >= 1),
  };
}

/** The signed-rank test on so many pairs, one-sided, Bonferroni over the metrics. */
function rankTest(runs: number, level: number): FixedDesign {
  return {
    name: `signed-rank test, ${runs} pairs`,
    runs,
    fails: ({ differences }) => {
      const critical = lowerCritical(runs, level / differences.length);
      if (1 / 2 ** runs > level / differences.length) return false;
      return differences.some((row) => negativeRanks(row.slice(0, runs)) <= critical);
    },
  };
}

/** Sum of the ranks of differences below zero. */
function negativeRanks(row: readonly number[]): number {
  const byMagnitude = row.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  return byMagnitude.reduce((sum, value, index) => (value < 0 ? sum + index + 1 : sum), 0);
}

/** Share of gates that fail. */
export function failureShare(design: FixedDesign, scenario: Scenario): number {
  const random = seeded(scenario.seed);
  let failed = 0;
  for (let gate = 0; gate < scenario.gates; gate += 1) if (design.fails(drawSamples(scenario, random))) failed += 1;
  return failed / scenario.gates;
}

/** The smallest signed-rank design that misses no more than `missRate` of the gates with one metric worse; `undefined` when none up to `most` pairs does. */
export function equalRankTest(
  scenario: Scenario,
  rates: { readonly falseAlarm: number; readonly miss: number },
  most: number,
): FixedDesign | undefined {
  for (let runs = 6; runs <= most; runs += 1) {
    const design = rankTest(runs, rates.falseAlarm);
    if (1 - failureShare(design, scenario) <= rates.miss) return design;
  }
  return undefined;
}
