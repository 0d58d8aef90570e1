import { extname } from 'node:path';
import { SHARE_ENV, Worker } from 'node:worker_threads';

/** Whoever does not answer within this is asked in our own thread, where its error is seen. */
const WITHIN_MS = 30_000;

/**
 * Imports a configuration in a thread of its own, whose memory is given back: the compiler for TypeScript takes some 20 MB, and a
 * monitor that runs for months needs it once. `undefined` when it did not work out for whatever reason, also when the value is more than plain data.
 */
export async function importInThread(file: string): Promise<{ readonly value: unknown } | undefined> {
  const worker = startThread(file);
  if (worker === undefined) return undefined;
  const found = new Promise<{ readonly value: unknown } | undefined>((resolve) => {
    worker.once('message', resolve);
    worker.once('messageerror', () => resolve(undefined));
    worker.once('error', () => resolve(undefined));
    worker.once('exit', () => resolve(undefined));
  });
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), WITHIN_MS);
  try {
    return await Promise.race([found, late.promise]);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function startThread(file: string): Worker | undefined {
  const entry = new URL(`./import-thread${extname(import.meta.url)}`, import.meta.url);
  try {
    // A configuration may put variables into the environment, which its secrets are then read from.
    return new Worker(entry, { workerData: file, env: SHARE_ENV, name: 'vigie-config' });
  } catch {
    // A machine that has no thread left throws here; our own thread can read it as well.
    return undefined;
  }
}
