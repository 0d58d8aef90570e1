import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

const HEAP_MEBIBYTES = 32;
/** A host on which a tenth of a second of work takes longer than this has other sorrows; its score is then not known. */
const WITHIN_MS = 10_000;

/** Measures how fast this host is now, in a thread of its own, so that nothing waits on the main loop; `undefined` when it could not be. */
export async function measureCpuFitness(): Promise<number | undefined> {
  const worker = startThread();
  if (worker === undefined) return undefined;
  const score = new Promise<number | undefined>((resolve) => {
    worker.once('message', (value: unknown) => resolve(typeof value === 'number' ? value : undefined));
    // No memory or no thread to be had: the run goes on without a score.
    worker.once('error', () => resolve(undefined));
    worker.once('exit', () => resolve(undefined));
  });
  const force = setTimeout(() => void worker.terminate(), WITHIN_MS);
  try {
    return await score;
  } finally {
    clearTimeout(force);
  }
}

/** A machine that has no thread left throws here, and not as an event of the thread. */
function startThread(): Worker | undefined {
  const thread = new URL(`./cpu-fitness-thread${extname(import.meta.url)}`, import.meta.url);
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MEBIBYTES };
  try {
    return new Worker(thread, { name: 'vigie-fitness', resourceLimits });
  } catch {
    // The run goes on without a score, and says itself what it was out of.
    return undefined;
  }
}
