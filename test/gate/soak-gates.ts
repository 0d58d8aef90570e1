import type { Outcome, Tell } from '../nothing-lost/outcome.ts';
import { type Faults, type Gated, openTwoDeployments } from './two-deployments.ts';

type Scenario = {
  readonly what: string;
  readonly faults: Faults;
  readonly args: readonly string[];
  /** What must be worse; nothing: it must not be called worse. */
  readonly worse: readonly string[];
};

const WITHIN = ['--max-duration', '5m'];
const SCENARIOS: readonly Scenario[] = [
  {
    what: 'gate: no change, probes and journeys',
    faults: { both: { baseLatency: 20 } },
    args: ['--only', 'api', 'search'],
    worse: [],
  },
  {
    what: 'gate: API slower by 15 %',
    faults: { both: { baseLatency: 80 }, candidate: { latencyFactor: '+15%' } },
    args: ['--only', 'api'],
    worse: ['api total'],
  },
  {
    what: 'gate: late largest image, by Lighthouse',
    faults: { candidate: { slowLcpImage: 3_000 } },
    args: ['--only', 'front'],
    worse: ['front lcp.observed {page=/, form_factor=mobile}'],
  },
  {
    what: 'gate: API slower by 15 %, under load of k6',
    faults: { both: { baseLatency: 80 }, candidate: { latencyFactor: '+15%' } },
    args: ['--only', 'load'],
    worse: ['load http_req_duration.med'],
  },
];

/** Real gates over two copies of the demo, each sort `times` times: what is worse must be called worse, and nothing else. */
export async function soakGates(times: number, tell: Tell): Promise<readonly Outcome[]> {
  await using two = await openTwoDeployments();
  const outcomes: Outcome[] = [];
  for (const scenario of SCENARIOS) {
    const gated: Gated[] = [];
    for (let time = 0; time < times; time += 1) {
      gated.push(await two.gate(scenario.faults, ...scenario.args, ...WITHIN));
      tell(`${scenario.what}: ${time + 1} of ${times}`);
    }
    outcomes.push(outcomeOf(scenario, gated));
  }
  return outcomes;
}

function outcomeOf({ what, worse }: Scenario, gated: readonly Gated[]): Outcome {
  const problems = gated.flatMap(({ document }, time) => {
    if (document.status === 'inconclusive') return [];
    const called = document.rows
      .filter(({ verdict }) => verdict === 'regressed')
      .map(({ check, name }) => `${check} ${name}`);
    if (worse.length === 0) return called.map((name) => `gate ${time + 1} called ${name} worse, and nothing was`);
    const kept = document.rows
      .filter(({ verdict }) => verdict === 'not-regressed')
      .map(({ check, name }) => `${check} ${name}`);
    return worse.filter((name) => kept.includes(name)).map((name) => `gate ${time + 1} passed ${name}`);
  });
  const count = (status: string): number => gated.filter(({ document }) => document.status === status).length;
  const pairs = gated.map(({ document }) =>
    Math.max(0, ...document.rows.map(({ candidate }) => candidate.values.length)),
  );
  const mean = pairs.reduce((total, one) => total + one, 0) / Math.max(1, pairs.length);
  const figure = `${count('passed')} passed, ${count('failed')} failed, ${count('undecided')} undecided, ${count('inconclusive')} not measured; ${mean.toFixed(1)} pairs; ${overheadOf(gated)}`;
  return { what, times: gated.length, problems, figure };
}

/** Time of the gates in which no run was under way, in a gate and as a share of the time of the runs. */
function overheadOf(gated: readonly Gated[]): string {
  const total = (of: (one: Gated) => number): number => gated.reduce((sum, one) => sum + of(one), 0);
  const runsMs = total(({ document }) =>
    document.checks.reduce((sum, { runs }) => sum + runs.reduce((own, { durationMs }) => own + durationMs, 0), 0),
  );
  const besideMs = total(({ document }) => document.durationMs) - runsMs;
  const each = besideMs / Math.max(1, gated.length) / 1_000;
  return `${each.toFixed(1)} s of a gate beside its runs, ${((100 * besideMs) / runsMs).toFixed(1)} %`;
}
