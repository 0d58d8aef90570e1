// Runs the tests: those that may run beside each other first, then one by one those that need the machine for themselves.
//   node tools/test.ts [word…]     all test files below this folder, or those whose path contains one of the words
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { spec } from 'node:test/reporters';
import { runFiles } from './suite/run-files.ts';
import { addResults, filesWithoutTests, summaryEvents } from './suite/summary.ts';
import { findTestFiles, type TestFiles } from './suite/test-files.ts';

const MOST_TOGETHER = 4;
/** Hundreds of processes load the same sources; compiling them once for all saves a sixth of the time of each start. */
const COMPILED = '.cache/compiled';

const words = process.argv.slice(2);
const root = process.cwd();
process.env.NODE_COMPILE_CACHE ??= join(root, COMPILED);
const found = findTestFiles(root, words);
if (found.together.length + found.alone.length === 0) {
  // Nothing run is nothing proved.
  console.error(`no test file below ${root} has ${words.join(' or ') || '.test.ts'} in its path`);
  process.exitCode = 3;
} else {
  process.exitCode = await runAll(found);
}

async function runAll(files: TestFiles): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const reporter = new spec();
  reporter.pipe(process.stdout, { end: false });
  const common = { root, signal: interrupt.signal, onEvent: (event: unknown) => void reporter.write(event) };
  const concurrency = Math.min(MOST_TOGETHER, availableParallelism());
  const together = await runFiles({ ...common, files: files.together, concurrency });
  const alone = await runFiles({ ...common, files: files.alone, concurrency: 1 });
  const result = addResults(together, alone);
  const withoutTests = filesWithoutTests(files, result);
  for (const event of summaryEvents(result, withoutTests)) reporter.write(event);
  reporter.end();
  await finished(reporter);
  if (interrupt.signal.aborted) return 130;
  return result.success && withoutTests.length === 0 ? 0 : 1;
}
