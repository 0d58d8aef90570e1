// Runs the tests beside each other, as far as what they need and the cores of this machine allow.
//   node tools/test.ts [--shard i/n] [--stack] [word…]     all test files below this folder, or those whose path contains a word
//   --shard 2/3     the second of three parts that take about the same time and are together the whole
//   --stack         the files named *.stack.test.ts instead, which fetch from outside or take minutes
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { UnknownNeed } from './suite/needs.ts';
import { progressLine } from './suite/progress.ts';
import { type Suite, startSuite } from './suite/run-suite.ts';
import { parseShard, pickShard } from './suite/shard.ts';
import { findSlow, paceOf } from './suite/slow-files.ts';
import { filesWithoutTests, summaryEvents } from './suite/summary.ts';
import { findTestFiles, type TestFile } from './suite/test-files.ts';
import { readKnownTimes, writeTimes } from './suite/times-file.ts';

const MOST_CORES = 4;
const PROGRESS_MS = 30_000;
/** Hundreds of processes load the same sources; compiling them once for all saves a sixth of the time of each start. */
const COMPILED = '.cache/compiled';

const root = process.cwd();
process.env.NODE_COMPILE_CACHE ??= join(root, COMPILED);
const found = find(process.argv.slice(2));
if (typeof found === 'string') {
  console.error(found);
  process.exitCode = 3;
} else {
  process.exitCode = await runAll(found);
}

/** The files that are asked for, or why there are none: nothing run is nothing proved. */
function find(args: readonly string[]): readonly TestFile[] | string {
  try {
    const options = { shard: { type: 'string' }, stack: { type: 'boolean' } } as const;
    const { values, positionals: words } = parseArgs({ args: [...args], options, allowPositionals: true });
    const shard = parseShard(values.shard ?? '1/1');
    if (shard === undefined) return `--shard ${values.shard}: write which part of how many, such as 2/3`;
    const isStack = values.stack ?? false;
    const files = findTestFiles({ root, words, isStack, knownTimes: readKnownTimes() });
    if (files.length === 0)
      return `no test file below ${root} has ${words.join(' or ') || (isStack ? '.stack.test.ts' : '.test.ts')} in its path`;
    const part = pickShard(files, shard);
    return part.length > 0 ? part : `no test file is in part ${values.shard}: there are ${files.length} in all`;
  } catch (error) {
    if (error instanceof UnknownNeed || (error instanceof TypeError && 'code' in error)) return error.message;
    throw error;
  }
}

async function runAll(files: readonly TestFile[]): Promise<number> {
  const startedMs = performance.now();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const reporter = new spec();
  reporter.pipe(process.stdout, { end: false });
  const suite = startSuite({
    root,
    files,
    cores: Math.min(MOST_CORES, availableParallelism()),
    signal: interrupt.signal,
    onEvent: (event) => void reporter.write(event),
    onFailure: (file, name) => console.log(`✖ ${file}: ${name}`),
  });
  const stopTelling = tellProgress(suite, startedMs);
  const results = await suite.done;
  stopTelling();
  const durationMs = performance.now() - startedMs;
  const pace = paceOf(files, results);
  const verdicts = { withoutTests: filesWithoutTests(files, results), tooSlow: findSlow(results, pace) };
  writeTimes(root, results, { durationMs, pace });
  for (const event of summaryEvents(results, verdicts, durationMs)) reporter.write(event);
  reporter.end();
  await finished(reporter);
  if (interrupt.signal.aborted) return 130;
  const isGood =
    results.every(({ success }) => success) && verdicts.withoutTests.length + verdicts.tooSlow.length === 0;
  return isGood ? 0 : 1;
}

/** On CI only: at a terminal the report itself moves. */
function tellProgress(suite: Suite, startedMs: number): () => void {
  if (process.env.CI === undefined) return () => undefined;
  const timer = setInterval(() => console.log(progressLine(suite.state(), performance.now() - startedMs)), PROGRESS_MS);
  return () => clearInterval(timer);
}
