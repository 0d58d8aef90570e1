import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Enough that what a run makes is gone before it is looked at; at 1 MiB a third of the main thread's time went into looking. */
const NEW_SPACE_BYTES = 4 * 2 ** 20;
const MOST_ROUNDS = 200;

/**
 * How the heaps of a process that runs for months grow. V8 doubles the space for new objects while much of it survives, which
 * at a hundred probes a second ends at 32 MB and more for each thread, and lets the old space become four times what is in use
 * before it looks for garbage. A monitor stands beside what it watches: it keeps its heaps near what they hold.
 * Measured with 1,000 HTTPS checks every 10 s: see `npm run bench -- --only memory`. The calling thread gets a space of
 * some size first; threads that are started later keep the one they begin with.
 */
export function keepHeapsSmall(): void {
  growNewSpace();
  // Both are read by V8 whenever a heap could grow, so they may be set while it runs.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=30');
}

/** There is no asking for a size once a process runs, so this makes objects that survive until V8 has doubled it often enough. */
function growNewSpace(): void {
  const kept: object[] = [];
  for (let round = 0; round < MOST_ROUNDS && newSpaceBytes() < NEW_SPACE_BYTES; round += 1) {
    for (let count = 0; count < 4_000; count += 1) kept.push({ round, count });
    if (kept.length > 60_000) kept.length = 0;
  }
}

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? NEW_SPACE_BYTES;
}
