// Runs everything that CI runs, step by step, and says what failed and how long each took.
//   node tools/check.ts [step…]              all steps, or those named
//   node tools/check.ts --except [step…]     all steps but those named
import { dirname, join } from 'node:path';
import type { ProcessEnding } from '../process/ending.ts';
import { allowEnvironment } from '../process/environment.ts';
import { runProcess } from '../process/run-process.ts';
import { STEPS, type Step } from './steps.ts';

const ROOT = dirname(import.meta.dirname);

const chosen = choose(process.argv.slice(2));
if (chosen === undefined) process.exitCode = 3;
else process.exitCode = await runAll(chosen);

function choose(words: readonly string[]): readonly Step[] | undefined {
  const isExcept = words[0] === '--except';
  const names = isExcept ? words.slice(1) : words;
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length === 0)
    return names.length === 0 ? STEPS : STEPS.filter(({ name }) => names.includes(name) !== isExcept);
  console.error(`no step is named ${unknown.join(', ')}; the steps are ${STEPS.map(({ name }) => name).join(', ')}`);
  return undefined;
}

/** All steps run even if one fails: a person wants to know everything that is wrong at once. */
async function runAll(steps: readonly Step[]): Promise<number> {
  const interrupt = new AbortController();
  // The steps run in groups of their own, which Ctrl-C on our terminal does not reach.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const failed: string[] = [];
  for (const [index, step] of steps.entries()) {
    console.log(`[${index + 1}/${steps.length}] ${step.name}: ${step.what}`);
    const ending = await run(step, interrupt.signal);
    if (ending.how === 'aborted') return 130;
    const isGood = ending.how === 'exited' && ending.code === 0;
    if (!isGood) {
      failed.push(step.name);
      show(ending, step);
    }
    console.log(`      ${isGood ? 'passed' : 'FAILED'} in ${(ending.durationMs / 1000).toFixed(1)} s`);
  }
  console.log(
    `${steps.length - failed.length} passed, ${failed.length} failed${failed.map((name) => `, ${name}`).join('')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

function run(step: Step, signal: AbortSignal): Promise<ProcessEnding> {
  const isNode = step.command === 'node';
  return runProcess({
    command: isNode ? process.execPath : join(ROOT, 'node_modules', '.bin', step.command),
    args: step.args,
    cwd: ROOT,
    env: allowEnvironment(Object.keys(process.env)),
    deadlineMs: step.limitMs,
    signal,
    ...(step.isLive ? { onStdoutLine: console.log, onStderrLine: console.error } : {}),
  });
}

function show(ending: ProcessEnding, step: Step): void {
  if (!step.isLive) console.error(ending.stdout + ending.stderr);
  switch (ending.how) {
    case 'exited':
      console.error(`      ended with exit code ${ending.code}`);
      break;
    case 'signalled':
      console.error(`      ended by ${ending.signal}`);
      break;
    case 'notStarted':
      console.error(`      ${ending.message}`);
      break;
    case 'deadline':
      console.error(`      did not end within ${step.limitMs / 1000} s`);
      break;
    case 'aborted':
      break;
  }
}
