import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { allowEnvironment } from '../../process/environment.ts';
import { locateK6 } from '../../process/locate-tools.ts';
import { runProcess } from '../../process/run-process.ts';
import { interleave, ratiosOf } from '../measure/interleave.ts';
import { spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import { makeWorkspace, type Workspace } from '../measure/workspace.ts';
import { CannotMeasure, type Row, type RowContext } from '../row.ts';

const SCALES = {
  full: { rounds: 4, seconds: 60 },
  quick: { rounds: 2, seconds: 10 },
  smoke: { rounds: 1, seconds: 1 },
} as const;
const VUS = 10;
const RUN_LIMIT_MS = 120_000;

const summary = z.object({ metrics: z.object({ iterations: z.object({ rate: z.number() }) }) });
const measures = z.array(z.object({ name: z.string(), value: z.number() }));
const document = z.object({
  runs: z.array(z.object({ attempts: z.array(z.object({ observation: z.object({ measures }) })) })),
});

/** The whole command, from its start to its end, over `k6 run` of the same script. */
export const load: Row = {
  name: 'load',
  what: '`vigie load` over bare `k6 run` of the same script: wall time, and the throughput of k6',
  limitMs: { full: 900_000, quick: 150_000, smoke: 120_000 },
  async run(context) {
    const { rounds, seconds } = SCALES[context.size];
    const k6 = await locateK6();
    if (!k6.found) throw new CannotMeasure(`k6 is missing: ${k6.mend}`);
    await using target = await startTarget();
    const options = `{ script: 'load.js', manual: true }`;
    using workspace = makeWorkspace(
      context,
      `{ target: { name: 'bench', url: '${target.urls.http}', environment: 'test' }, checks: [v.loadCheck('bench', ${options})] }`,
    );
    writeFileSync(join(workspace.folder, 'load.js'), script(target.urls.http, seconds));
    const rates: { readonly bare: number[]; readonly ours: number[] } = { bare: [], ours: [] };
    const pairs = await interleave({
      rounds,
      signal: context.signal,
      bare: () => runBare(k6.path, workspace, rates.bare),
      ours: () => runOurs(context, workspace, rates.ours),
      onRound: (done) => context.say(`round ${done} of ${rounds}`),
    });
    return [
      {
        name: 'vigie load over k6 run, wall',
        unit: 'ratio',
        spread: spreadOf(ratiosOf(pairs)),
        ceiling: { comparison: '<=', value: 1.02 },
      },
      { name: 'iterations per second over those of k6 run', unit: 'ratio', spread: spreadOf(ratiosOf(rates)) },
      { name: 'k6 run', unit: 'ms', spread: spreadOf(pairs.bare) },
      { name: 'vigie load', unit: 'ms', spread: spreadOf(pairs.ours) },
    ];
  },
};

function script(url: string, seconds: number): string {
  return `import http from 'k6/http';
import { check } from 'k6';
export const options = { vus: ${VUS}, duration: '${seconds}s', thresholds: { checks: ['rate>0.99'] } };
export default function () { check(http.get('${url}/'), { 'status is 200': (r) => r.status === 200 }); }
`;
}

async function runBare(k6: string, { folder }: Workspace, rates: number[]): Promise<number> {
  const exported = join(folder, 'bare.json');
  const args = ['run', '--quiet', '--no-usage-report', '--summary-export', exported, join(folder, 'load.js')];
  const wallMs = await timed(k6, args, folder);
  rates.push(summary.parse(JSON.parse(await readFile(exported, 'utf8'))).metrics.iterations.rate);
  return wallMs.durationMs;
}

async function runOurs({ program }: RowContext, { folder }: Workspace, rates: number[]): Promise<number> {
  const { durationMs, stdout } = await timed(process.execPath, [program, 'load', 'bench', '--json'], folder);
  const found = document
    .parse(JSON.parse(stdout))
    .runs.flatMap(({ attempts }) => attempts.flatMap(({ observation }) => observation.measures))
    .find(({ name }) => name === 'iterations.rate');
  if (found === undefined) throw new Error(`vigie load told no rate of iterations: ${stdout.slice(0, 1_000)}`);
  rates.push(found.value);
  return durationMs;
}

async function timed(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly durationMs: number; readonly stdout: string }> {
  const env = allowEnvironment(Object.keys(process.env));
  const begin = performance.now();
  const ending = await runProcess({ command, args, cwd, env, deadlineMs: RUN_LIMIT_MS });
  const durationMs = performance.now() - begin;
  if (ending.how !== 'exited' || ending.code !== 0) {
    const code = ending.how === 'exited' ? ending.code : ending.how;
    throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${ending.stderr.slice(-1_000)}`);
  }
  return { durationMs, stdout: ending.stdout };
}
