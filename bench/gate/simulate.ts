import { decide, type MetricStanding, planLooks } from '../../core/gate/decide.ts';
import type { Differences } from '../../core/gate/sign-flip.ts';
import { NOISES, type NoiseName, seeded } from './noise.ts';

export type Scenario = {
  readonly noise: NoiseName;
  /** Standard deviation of one paired log-ratio. */
  readonly deviation: number;
  readonly metrics: number;
  /** How many of the metrics are worse, and by which ratio, e.g. 1.1. */
  readonly worse: number;
  readonly ratio: number;
  /** The change that matters, as a ratio. */
  readonly leastEffect: number;
  readonly gates: number;
  readonly seed: number;
};

export type Tally = {
  readonly failed: number;
  readonly passed: number;
  readonly undecided: number;
  /** Pairs used by each gate, ascending. */
  readonly pairs: readonly number[];
  /** Gates in which the first of the worse metrics was taken for not regressed. */
  readonly missed: number;
  /** Gates that called a metric regressed that is not worse. */
  readonly accused: number;
};

const LOOKS = planLooks();
export const MOST_PAIRS = LOOKS.at(-1)?.pairs ?? 0;

/** Runs a gate many times on made-up measurements: base and candidate interleaved ABBA, as the real gate takes them. */
export function simulate(scenario: Scenario): Tally {
  const random = seeded(scenario.seed);
  const endings = Array.from({ length: scenario.gates }, () => simulateGate(scenario, random));
  const count = (is: (ending: Ending) => boolean): number => endings.filter(is).length;
  return {
    failed: count(({ verdict }) => verdict === 'regressed'),
    passed: count(({ verdict }) => verdict === 'not-regressed'),
    undecided: count(({ verdict }) => verdict === 'undecided'),
    pairs: endings.map(({ pairs }) => pairs).toSorted((a, b) => a - b),
    missed: count(({ standings }) => scenario.worse > 0 && standings[0] === 'not-regressed'),
    accused: count(({ standings }) => standings.slice(scenario.worse).includes('regressed')),
  };
}

type Ending = {
  readonly verdict: MetricStanding;
  readonly pairs: number;
  readonly standings: readonly MetricStanding[];
};

function simulateGate(scenario: Scenario, random: () => number): Ending {
  const { differences } = drawSamples(scenario, random);
  let standings: readonly MetricStanding[] = differences.map(() => 'undecided');
  for (const look of LOOKS) {
    const seen = differences.map((row) => row.slice(0, look.pairs));
    standings = decide(standings, seen, look, random);
    if (standings.includes('regressed')) return { verdict: 'regressed', pairs: look.pairs, standings };
    if (!standings.includes('undecided')) return { verdict: 'not-regressed', pairs: look.pairs, standings };
  }
  return { verdict: 'undecided', pairs: MOST_PAIRS, standings };
}

/** Rows by metric, columns by pair, in units of the least effect. */
export type Samples = {
  readonly base: Differences;
  readonly candidate: Differences;
  readonly differences: Differences;
};

export function drawSamples(
  { noise: name, metrics, worse, ratio, leastEffect, deviation }: Scenario,
  random: () => number,
): Samples {
  const unit = Math.log(leastEffect);
  const shift = Math.log(ratio) / unit;
  const scale = deviation / Math.SQRT2 / unit;
  const noise = NOISES[name](metrics, random);
  const rows = (): number[][] => Array.from({ length: metrics }, () => []);
  const base = rows();
  const candidate = rows();
  for (let pair = 0; pair < MOST_PAIRS; pair += 1) {
    const slots = [noise(2 * pair), noise(2 * pair + 1)] as const;
    const [ofBase, ofCandidate] = pair % 2 === 0 ? slots : ([slots[1], slots[0]] as const);
    for (const [metric, row] of base.entries()) row.push((ofBase[metric] ?? 0) * scale);
    for (const [metric, row] of candidate.entries())
      row.push((ofCandidate[metric] ?? 0) * scale + (metric < worse ? shift : 0));
  }
  const differences = candidate.map((row, metric) => row.map((value, pair) => value - (base[metric]?.[pair] ?? 0)));
  return { base, candidate, differences };
}
