// `npm run bench:gate [-- --gates 500]`: what the gate's decision does on made-up noise, beside fixed designs on the same samples.
import { parseArgs } from 'node:util';
import { FALSE_ALARM_RATE, MISS_RATE } from '../../core/gate/decide.ts';
import { equalRankTest, failureShare, medianAgainstThreshold } from './fixed-designs.ts';
import { NOISES, type NoiseName } from './noise.ts';
import { MOST_PAIRS, type Scenario, simulate, type Tally } from './simulate.ts';

const METRICS = 30;
const LEAST_EFFECT = 1.1;
const DEVIATIONS = [0.05, 0.1];
const EFFECTS = [0, 0.05, 0.1, 0.2];
const SEED = 20_261_124;

const gates = readGates();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

say(
  `A whole gate of ${METRICS} metrics, one of them worse by the effect; least meaningful effect 10 %; ${gates} gates a row.`,
);
say(
  `Promised: no change fails in <= ${percent(FALSE_ALARM_RATE)}; worse by 10 % passes in <= ${percent(MISS_RATE)}.\n`,
);
for (const deviation of DEVIATIONS) {
  say(`Standard deviation of one paired log-ratio: ${percent(deviation)}`);
  say(
    row('noise', 'effect', 'fails', 'passes', 'undecided', 'pairs', 'p95', 'beside: fixed designs, share that fails'),
  );
  for (const noise of Object.keys(NOISES) as NoiseName[]) {
    for (const effect of EFFECTS) {
      process.stderr.write(`\r${noise}, ${percent(effect)} … `);
      say(resultRow({ ...base(noise, deviation), worse: effect === 0 ? 0 : 1, ratio: 1 + effect }, effect));
    }
    sayEqual(noise, deviation);
  }
  say('');
}

function base(noise: NoiseName, deviation: number): Scenario {
  return {
    noise,
    deviation,
    metrics: METRICS,
    worse: 1,
    ratio: LEAST_EFFECT,
    leastEffect: LEAST_EFFECT,
    gates,
    seed: SEED,
  };
}

function resultRow(scenario: Scenario, effect: number): string {
  const tally = simulate(scenario);
  const share = (count: number): string => percent(count / gates);
  const beside = [3, 5].map((runs) => {
    const design = medianAgainstThreshold(runs);
    return `${design.name}: ${percent(failureShare(design, scenario))}`;
  });
  return row(
    scenario.noise,
    percent(effect),
    share(tally.failed),
    share(tally.passed),
    share(tally.undecided),
    meanPairs(tally).toFixed(1),
    String(p95(tally)),
    beside.join('; '),
  );
}

/** How the gate compares with a rank test of fixed size that has the same error rates. */
function sayEqual(noise: NoiseName, deviation: number): void {
  const scenario = base(noise, deviation);
  const design = equalRankTest(scenario, { falseAlarm: FALSE_ALARM_RATE, miss: MISS_RATE }, MOST_PAIRS);
  if (design === undefined) {
    say(`  no signed-rank design of up to ${MOST_PAIRS} pairs has these error rates`);
    return;
  }
  const same = meanPairs(simulate({ ...scenario, worse: 0 })) / design.runs;
  const worse = meanPairs(simulate(scenario)) / design.runs;
  say(
    `  equal error rates: ${design.name}; the gate takes ${percent(same)} of its pairs without a change, ${percent(worse)} with one`,
  );
}

function meanPairs({ pairs }: Tally): number {
  return pairs.reduce((total, count) => total + count, 0) / pairs.length;
}

function p95({ pairs }: Tally): number {
  return pairs[Math.ceil(0.95 * pairs.length) - 1] ?? 0;
}

function row(...cells: readonly string[]): string {
  const widths = [15, 8, 9, 9, 10, 6, 4];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ');
}

function readGates(): number {
  const { values } = parseArgs({ options: { gates: { type: 'string', default: '500' } } });
  const count = Number(values.gates);
  if (Number.isInteger(count) && count > 0) return count;
  process.stderr.write(`--gates takes a whole number above 0, got '${values.gates}'\n`);
  process.exit(3);
}
