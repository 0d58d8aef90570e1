import { copyFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '../app/version.ts';
import { messageOf } from '../core/errors.ts';
import { measureCpuFitness } from '../process/cpu-fitness.ts';
import { allowEnvironment } from '../process/environment.ts';
import {
  locateChromium,
  locateK6,
  locateLhci,
  locateLighthouse,
  locatePlaywrightTest,
} from '../process/locate-tools.ts';
import { runProcess } from '../process/run-process.ts';
import type { Arguments } from './arguments.ts';
import type { BenchDocument, BenchRow } from './result.ts';
import type { Row, RowContext } from './row.ts';
import { ROWS } from './rows.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILD_LIMIT_MS = 180_000;
type Say = (text: string) => void;
type Program = Pick<RowContext, 'program' | 'entry'>;

/** Runs the rows asked for, one after the other, each within its own time; what fails is told in its row. */
export async function runRows(
  { only, size, fromSource }: Pick<Arguments, 'only' | 'size' | 'fromSource'>,
  signal: AbortSignal,
  say: Say,
): Promise<BenchDocument> {
  const program = fromSource ? sources() : await build(say, signal);
  const before = { fitness: await fitness(), load: loadOf() };
  const at = new Date().toISOString();
  const rows: BenchRow[] = [];
  for (const row of ROWS.filter(({ name }) => only.includes(name))) {
    if (signal.aborted) break;
    rows.push(await runRow(row, { ...program, size, signal, say: (text) => say(`${row.name}: ${text}`) }));
  }
  return {
    schemaVersion: 1,
    at,
    size,
    build: fromSource ? 'source' : 'compiled',
    versions: await versions(),
    host: readHost(),
    cpuFitness: { before: before.fitness, after: await fitness() },
    load: { before: before.load, after: loadOf() },
    rows,
  };
}

async function runRow(row: Row, context: RowContext): Promise<BenchRow> {
  const { name, what, limitMs } = row;
  const limit = AbortSignal.timeout(limitMs[context.size]);
  const began = performance.now();
  const ending = { name, what };
  context.say('begun');
  try {
    const figures = await row.run({ ...context, signal: AbortSignal.any([context.signal, limit]) });
    return { ...ending, durationMs: performance.now() - began, figures: [...figures] };
  } catch (error) {
    const problem = limit.aborted ? `it took more than ${limitMs[context.size] / 1_000} s` : messageOf(error);
    context.say(`not measured: ${problem}`);
    return { ...ending, durationMs: performance.now() - began, figures: [], problem };
  }
}

export function describeProblem({ problem, figures }: BenchRow): boolean {
  return problem !== undefined || figures.some(({ spread }) => !Number.isFinite(spread.median));
}

function sources(): Program {
  return { program: join(ROOT, 'app', 'main.ts'), entry: join(ROOT, 'app', 'index.ts') };
}

/** The package as users run it, beside a copy of its package file. */
async function build(say: Say, signal: AbortSignal): Promise<Program> {
  const folder = join(ROOT, '.cache', 'bench');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  say('compiling the package');
  const ending = await runProcess({
    command: process.execPath,
    args: [join(ROOT, 'tools', 'build.ts'), join(folder, 'dist')],
    cwd: ROOT,
    env: allowEnvironment(Object.keys(process.env)),
    deadlineMs: BUILD_LIMIT_MS,
    signal,
  });
  if (ending.how !== 'exited' || ending.code !== 0) throw new Error(`the package was not compiled: ${ending.stderr}`);
  return { program: join(folder, 'dist', 'app', 'main.js'), entry: join(folder, 'dist', 'app', 'index.js') };
}

async function versions(): Promise<Readonly<Record<string, string>>> {
  const found = {
    chromium: await locateChromium(),
    k6: await locateK6(),
    lhci: locateLhci(),
    lighthouse: locateLighthouse(),
    playwright: locatePlaywrightTest(),
  };
  const tools = Object.entries(found).map(([name, tool]) => [name, tool.found ? tool.version : 'missing']);
  return { vigie: VERSION, node: process.versions.node, ...Object.fromEntries(tools) };
}

function readHost(): BenchDocument['host'] {
  const list = cpus();
  const { platform, arch } = process;
  return { platform, arch, cpuModel: list[0]?.model ?? 'unknown', cores: list.length, memoryBytes: totalmem() };
}

async function fitness(): Promise<number> {
  return (await measureCpuFitness()) ?? 0;
}

function loadOf(): number {
  return loadavg()[0] ?? 0;
}
