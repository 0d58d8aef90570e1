import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { findMarked, ownerOfMark } from '../../process/marked.ts';
import { descendantsOf, isAlive, type Process } from '../e2e/processes.ts';
import { openTarget, type SmallTarget } from '../e2e/target.fixture.ts';
import { type Daemon, makeWorkspace, startVigie, until } from '../e2e/vigie-process.ts';
import type { Outcome, Tell } from './outcome.ts';
import { makeTemp } from './own-temp.ts';
import { look } from './stage.ts';

/** Runs of one sort, many times in one monitor. */
export type Series = {
  readonly what: string;
  /** Lines of `checks` in the configuration. */
  readonly checks: (target: SmallTarget) => readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** How many browsers work side by side; 1 if not told otherwise. */
  readonly browsers?: number;
  /** How the runs end when all is well, e.g. `passed`. */
  readonly ending: string;
  readonly withinMs: number;
  /** Harm done while they run; called several times a second. */
  readonly disturb?: (target: SmallTarget, family: readonly Process[]) => void;
};

type Sample = {
  readonly runs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
  readonly processes: number;
};

const SAMPLE_MS = 250;
/** The first runs fill caches and compile code; measured is what comes after them. */
const WARM_UP = 0.3;
/** The quietest of so many samples at either end stands for the idle monitor. */
const QUIET = 20;
/** Runs follow each other closely, and one on a slow machine leaves no quiet moment for long. What was left behind never goes. */
const COMES_BACK_WITHIN_MS = 60_000;
/** What a monitor may grow by over a series, measured by the slope after the warm-up: noise of the heap, and what one run may leave. */
const NOISE_BYTES = 40 * 1_048_576;
const BYTES_PER_RUN = 8_192;
const MB = 1_048_576;

/** Makes many runs and looks whether processes, descriptors, folders and memory come back to what they were. */
export async function measureLeftovers(series: Series, runs: number, tell: Tell = () => {}): Promise<Outcome> {
  await using target = await openTarget();
  using workspace = makeWorkspace();
  using temp = makeTemp();
  for (const [name, text] of Object.entries(series.files ?? {})) workspace.write(name, text);
  workspace.config(`{
    target: { name: 'shop', url: '${target.url}', environment: 'test' },
    settings: { web: { port: 0 }, shutdownGrace: '1s', lanes: { browser: ${series.browsers ?? 1} } },
    checks: [${series.checks(target).join(',\n')}],
  }`);
  // A temp folder of its own: what is left in it was left by this monitor, and nobody else's heavy runs hold it up.
  await using daemon = await startVigie(workspace.folder, { TMPDIR: temp.folder, ...series.env });
  const data = join(workspace.folder, 'data');
  const samples: Sample[] = [];
  const takeSample = (): number => {
    const family = descendantsOf(daemon.pid);
    series.disturb?.(target, family);
    const done = count(data, 'select count(*) from runs');
    samples.push({ runs: done, ...usage(daemon, family) });
    return done;
  };
  const end = performance.now() + series.withinMs;
  for (let done = takeSample(); done < runs; done = takeSample()) {
    tell(`${series.what}: ${done} of ${runs}`);
    if (performance.now() > end)
      throw new Error(`only ${done} of ${runs} runs in ${series.withinMs} ms\n${daemon.output()}`);
    await delay(SAMPLE_MS);
  }
  const patience = performance.now() + COMES_BACK_WITHIN_MS;
  while (leftIn(quietAtBothEnds(samples, runs)).length > 0 && performance.now() < patience) {
    await delay(SAMPLE_MS);
    takeSample();
  }
  const family = descendantsOf(daemon.pid);
  const good = count(data, `select count(*) from runs where status = ${STATUS[series.ending] ?? -1}`);
  const made = count(data, 'select count(*) from runs');
  const judged = judge(samples, made);
  const left = await leftAfterStop(daemon, family, temp.folder);
  const problems = [
    ...judged.problems,
    ...left,
    ...(good * 2 > made ? [] : [`only ${good} of ${made} runs were ${series.ending}`]),
  ];
  return { what: `nothing left by ${series.what}`, times: made, problems, figure: judged.figure };
}

const STATUS: Readonly<Record<string, number>> = { passed: 0, failed: 2, inconclusive: 3 };

function usage(daemon: Daemon, family: readonly Process[]): Omit<Sample, 'runs'> {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'utf8');
  return {
    rssBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024,
    descriptors: readdirSync(`/proc/${daemon.pid}/fd`).length,
    processes: family.length,
  };
}

type Quiet = Pick<Sample, 'descriptors' | 'processes'>;
type BothEnds = { readonly before: Quiet; readonly after: Quiet };

function warmOf(samples: readonly Sample[], runs: number): readonly Sample[] {
  return samples.filter((sample) => sample.runs >= runs * WARM_UP);
}

function quietAtBothEnds(samples: readonly Sample[], runs: number): BothEnds {
  const warm = warmOf(samples, runs);
  const quietest = (some: readonly Sample[]): Quiet => ({
    descriptors: Math.min(...some.map(({ descriptors }) => descriptors)),
    processes: Math.min(...some.map(({ processes }) => processes)),
  });
  return { before: quietest(warm.slice(0, QUIET)), after: quietest(warm.slice(-QUIET)) };
}

function leftIn({ before, after }: BothEnds): readonly string[] {
  return [
    ...(after.descriptors <= before.descriptors + 2
      ? []
      : [`descriptors went from ${before.descriptors} to ${after.descriptors}`]),
    ...(after.processes <= before.processes + 1
      ? []
      : [`processes went from ${before.processes} to ${after.processes}`]),
  ];
}

function judge(samples: readonly Sample[], runs: number): Pick<Outcome, 'problems' | 'figure'> {
  const warm = warmOf(samples, runs);
  const { before, after } = quietAtBothEnds(samples, runs);
  const measured = runs * (1 - WARM_UP);
  const growth = slopePerRun(warm) * measured;
  const limit = NOISE_BYTES + BYTES_PER_RUN * measured;
  return {
    problems: [
      ...leftIn({ before, after }),
      ...(growth <= limit ? [] : [`memory grew by ${megabytes(growth)} MB, more than ${megabytes(limit)} MB`]),
    ],
    figure: `descriptors ${before.descriptors} → ${after.descriptors}, processes ${before.processes} → ${after.processes}, memory ${megabytes(warm.at(-1)?.rssBytes ?? 0)} MB, by its slope ${megabytes(growth)} MB more in ${Math.round(measured)} runs (limit ${megabytes(limit)} MB)`,
  };
}

/** Least squares of memory over runs, bytes per run. */
function slopePerRun(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ runs }) => runs), mean(({ rssBytes }) => rssBytes)];
  const spread = samples.reduce((sum, { runs }) => sum + (runs - x) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, { runs, rssBytes }) => sum + (runs - x) * (rssBytes - y), 0) / spread;
}

async function leftAfterStop(daemon: Daemon, family: readonly Process[], temp: string): Promise<readonly string[]> {
  const code = await daemon.kill('SIGTERM');
  const alive = (): readonly Process[] => family.filter(isAlive);
  await until(
    'its processes to be gone',
    () => alive().length === 0 || undefined,
    () =>
      alive()
        .map(({ command }) => command)
        .join('\n'),
  );
  const marked = await markedOf(daemon.pid);
  const folders = foldersIn(temp);
  return [
    ...(code === 0 ? [] : [`the clean stop ended with ${code}: ${daemon.output()}`]),
    ...(marked === 0 ? [] : [`${marked} processes with its mark live on`]),
    ...(folders.length === 0 ? [] : [`left in the temp folder: ${folders.join(', ')}`]),
  ];
}

/** Living processes that carry the mark of this monitor. */
export async function markedOf(pid: number): Promise<number> {
  return (await findMarked((mark) => ownerOfMark(mark)?.pid === pid)).length;
}

/** What is left in a monitor's temp folder besides its empty root. */
export function foldersIn(temp: string): readonly string[] {
  return readdirSync(temp, { recursive: true, encoding: 'utf8' }).filter((name) => !ROOT.test(name));
}

/** The root itself, and the lock of the machine: a file that stays, held by whoever lives. */
const ROOT = /^vigie-\d+(\/[^/]*lock[^/]*)?$/;

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

function count(folder: string, query: string): number {
  return look(folder, (database) => z.number().parse(database.value(query)));
}
