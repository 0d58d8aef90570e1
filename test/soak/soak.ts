// Makes every fault of "nothing lost" as often as it takes to believe that nothing is: `npm run soak`. Progress goes to stderr, the table
// to stdout. Exit code 0 when everything held, 1 when something did not, 3 for arguments that it does not know.
import { writeFileSync } from 'node:fs';
import { openHostMonitor } from '../../app/adapters/host-signals.ts';
import { realClock } from '../../app/adapters/real-clock.ts';
import { openTools } from '../../app/adapters/tools.ts';
import { VERSION } from '../../app/version.ts';
import { messageOf } from '../../core/errors.ts';
import type { Outcome } from '../nothing-lost/outcome.ts';
import { readArguments, type SoakArguments } from './arguments.ts';
import { PARTS, type Part } from './parts.ts';

type Line = Outcome & { readonly part: string; readonly seconds: number };

const PROGRESS_MS = 10_000;
const TOOLS = ['chromium', 'k6', 'lhci', 'lighthouse', 'playwright'] as const;

const names = PARTS.map(({ name }) => name);
const asked = readArguments(process.argv.slice(2), names);
if (typeof asked === 'string') {
  process.stderr.write(`soak: ${asked}\n`);
  process.exitCode = 3;
} else process.exitCode = await soak(asked);

async function soak(options: SoakArguments): Promise<number> {
  const began = new Date();
  const producedBy = await readProducedBy();
  const lines: Line[] = [];
  for (const part of PARTS.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
    lines.push(...(await runPart(part, options)));
    if (options.out !== undefined) writeFileSync(options.out, documentOf(lines, options, began, producedBy));
  }
  process.stdout.write(tableOf(lines));
  return lines.every(held) ? 0 : 1;
}

async function runPart(part: Part, { scale, seed }: SoakArguments): Promise<readonly Line[]> {
  const began = performance.now();
  const say = (text: string): void => void process.stderr.write(`soak ${seconds(began)} s  ${part.name}: ${text}\n`);
  say(part.what);
  const outcomes = await part.run({ scale, seed, tell: atMostEvery(PROGRESS_MS, say) }).catch(broken(part));
  const lines = outcomes.map((outcome) => ({ ...outcome, part: part.name, seconds: seconds(began) }));
  for (const line of lines)
    say(`${held(line) ? 'held' : 'DID NOT HOLD'}: ${line.what}, ${line.times} x – ${line.figure}`);
  for (const problem of lines.flatMap(({ problems }) => problems)) say(`  ${problem}`);
  return lines;
}

/** A part that could not be carried out has proved nothing. */
function broken({ what }: Part): (error: unknown) => readonly Outcome[] {
  return (error) => [{ what, times: 0, problems: [`it could not be carried out: ${messageOf(error)}`], figure: '–' }];
}

/** What was skipped for a missing need did not hold either way; only a problem is one. */
function held({ problems }: Outcome): boolean {
  return problems.length === 0;
}

function atMostEvery(spanMs: number, say: (text: string) => void): (text: string) => void {
  let last = performance.now();
  return (text) => {
    if (performance.now() - last < spanMs) return;
    last = performance.now();
    say(text);
  };
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1_000);
}

function tableOf(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    `${line.times} x`,
    held(line) ? 'held' : 'DID NOT HOLD',
    line.figure,
    `${line.seconds} s`,
  ]);
  const head = ['what', 'how often', 'result', 'figure', 'seconds'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function documentOf(
  lines: readonly Line[],
  { scale, seed }: SoakArguments,
  began: Date,
  producedBy: ProducedBy,
): string {
  return `${JSON.stringify({ schemaVersion: 1, began, scale, seed, producedBy, held: lines.every(held), lines }, null, 2)}\n`;
}

type ProducedBy = Awaited<ReturnType<typeof readProducedBy>>;

async function readProducedBy() {
  const tools = openTools(process.env);
  const found = await Promise.all(TOOLS.map(async (name) => [name, await tools.find(name)] as const));
  const host = openHostMonitor(realClock);
  host.close();
  return {
    vigie: VERSION,
    node: process.versions.node,
    ...Object.fromEntries(found.map(([name, tool]) => [name, tool.found ? tool.version : 'missing'])),
    host: host.fingerprint,
  };
}
