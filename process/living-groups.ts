import { signalGroup } from './group.ts';

/**
 * Groups that are running now, so that none outlives us when this process ends in a way that runs no clean-up of its
 * own (`process.exit`, an uncaught exception). The one piece of process-wide state here: the end of a process is
 * process-wide too. After `kill -9` nothing runs; `sweepOrphans` does it at the next start.
 */
const living = new Set<number>();
let isListening = false;

/** Remembers a group until the returned function is called. */
export function holdGroup(group: number): () => void {
  if (!isListening) {
    process.on('exit', killAll);
    isListening = true;
  }
  living.add(group);
  return () => {
    living.delete(group);
  };
}

function killAll(): void {
  for (const group of living) signalGroup(group, 'SIGKILL');
}
