// Prints what Vigie costs over the bare tools, row by row, beside its ceilings. See docs/benchmarks.md.
//   npm run bench -- [--only row] [--quick] [--source] [--out file] [--compare file]
import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import { readArguments, USAGE } from './arguments.ts';
import { changesBetween, differencesOf } from './compare.ts';
import { printChanges, printTable } from './print.ts';
import { type BenchDocument, benchDocument } from './result.ts';
import { describeProblem, runRows } from './run-rows.ts';

const say = (text: string): void => console.error(text);
const given = readArguments(process.argv.slice(2));
if (typeof given === 'string') {
  say(`${given}\n${USAGE}`);
  process.exitCode = 3;
} else {
  const before = given.compare === undefined ? undefined : readEarlier(given.compare);
  if (typeof before === 'string') {
    say(before);
    process.exitCode = 3;
  } else process.exitCode = await main(given, before);
}

async function main(asked: Exclude<typeof given, string>, before: BenchDocument | undefined): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupt.abort(new Error('interrupted')));
  const document = await runRows(asked, interrupt.signal, say);
  console.log(printTable(document));
  if (asked.out !== undefined) writeFileSync(asked.out, `${JSON.stringify(document, null, 2)}\n`);
  if (interrupt.signal.aborted) return 130;
  const refused = before !== undefined && !compare(before, document, asked.evenUnlike);
  return refused || document.rows.some(describeProblem) ? 2 : 0;
}

/** Whether the two could be set side by side. */
function compare(before: BenchDocument, now: BenchDocument, evenUnlike: boolean): boolean {
  const differences = differencesOf(before, now);
  for (const difference of differences) say(`unlike the earlier run: ${difference}`);
  if (differences.length > 0 && !evenUnlike) {
    say('not compared: figures of unlike machines or tools say nothing together; --even-unlike compares all the same');
    return false;
  }
  console.log(`\n${printChanges(changesBetween(before, now))}`);
  return true;
}

function readEarlier(file: string): BenchDocument | string {
  try {
    return benchDocument.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return `${file} is not a run to compare with: ${messageOf(error)}`;
  }
}
