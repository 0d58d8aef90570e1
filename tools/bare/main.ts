// `npm run test:bare`: proves that a clone and the package work on a machine with nothing but Node and npm. Installs three times, so it is
// no part of `npm test`; `.ci/run` runs it. What is tested is the last commit.

import { setUpClone } from './clone.ts';
import { useAsDependency } from './consumer.ts';
import { makeBareMachine } from './machine.ts';
import { StepFailed, told } from './step.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

const started = performance.now();
const machine = makeBareMachine();
try {
  const clone = await setUpClone(machine, interrupt.signal);
  // Side by side: the one mostly waits for checks, the other for npm.
  const parts = await Promise.allSettled([
    clone.watch(),
    clone.pack().then((tarball) => useAsDependency(machine, tarball, interrupt.signal)),
  ]);
  const failures = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures);
  told('everything', performance.now() - started);
} catch (error) {
  for (const failure of error instanceof AggregateError ? error.errors : [error])
    console.error(`bare: FAILED: ${failure instanceof StepFailed ? failure.message : (failure?.stack ?? failure)}`);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
} finally {
  machine.remove();
}
