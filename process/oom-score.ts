import { readFileSync, writeFileSync } from 'node:fs';

/** How much likelier than us what we start is to be killed when memory runs out; 1,000 is the most. */
const MORE = 300;

/**
 * Asks the kernel to take this process, and all that it starts, before us when memory runs out: a run that is lost is one result less, the
 * monitor that is lost is all of them. Raising the score needs no privilege. Call it right after the start, before it starts others.
 */
export function offerFirst(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(Math.min(1_000, own + MORE)));
  } catch {
    // No such file (macOS), or the process is gone already: then the kernel chooses by itself.
  }
}
