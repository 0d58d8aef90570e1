import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { unzipSync, zipSync } from 'fflate';
import { z } from 'zod';
import { messageOf } from '../core/errors.ts';
import { makeRedactor } from '../core/redact.ts';

/**
 * Rewrites recordings so that no known secret is left in any entry, in a thread of its own: a trace of many megabytes
 * would hold up the main thread for seconds. The file that runs there is this one.
 */

const job = z.object({
  from: z.string(),
  to: z.string(),
  isArchive: z.boolean(),
  known: z.array(z.tuple([z.string(), z.string()]).readonly()),
});
type Job = z.output<typeof job>;

/** Writes `to` and resolves with undefined, or says why it could not; then there is no `to`. */
export function scrubFile(task: Job): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once('message', (problem: unknown) => resolve(typeof problem === 'string' ? problem : undefined));
    worker.once('error', (error) => resolve(messageOf(error)));
    // After an answer this changes nothing.
    worker.once('exit', (code) => resolve(`the thread ended with code ${code}`));
  });
}

function scrub({ from, to, isArchive, known }: Job): void {
  const redactor = makeRedactor(known);
  const bytes = readFileSync(from);
  if (!isArchive) {
    writeFileSync(to, redactor.scrubBytes(bytes), { mode: 0o600 });
    return;
  }
  // Names may come from a target, and somebody will unpack this with a tool that believes them.
  const inside = Object.entries(unzipSync(bytes)).filter(([name]) => !leadsOut(name));
  const entries = inside.map(([name, content]) => [redactor.scrub(name), redactor.scrubBytes(content)] as const);
  writeFileSync(to, zipSync(Object.fromEntries(entries), { level: 6 }), { mode: 0o600 });
}

function leadsOut(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name of a file has them
  return /^[/\\]|^[a-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\u0000-\u001f]/i.test(name);
}

if (!isMainThread && parentPort !== null && job.safeParse(workerData).success) {
  const task = job.parse(workerData);
  try {
    scrub(task);
    parentPort.postMessage(null);
  } catch (error) {
    // Half a file might hold what the whole must not.
    rmSync(task.to, { force: true });
    parentPort.postMessage(messageOf(error));
  }
}
