import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Canary, type Find, findCanaries } from './search-canaries.ts';

export type ProcessWatch = AsyncDisposable & {
  /** What was seen in arguments and environments so far, told by the program. */
  readonly seen: readonly Find[];
  /** Programs whose arguments and environment were read, by the beginning of their command lines. */
  readonly programs: ReadonlySet<string>;
};
const EVERY_MS = 40;

/** Reads arguments and environment of every process below `root` again and again, each process twice: as it was born, and after its exec. */
export function watchProcesses(root: number, canaries: readonly Canary[]): ProcessWatch {
  const seen: Find[] = [];
  const programs = new Set<string>();
  const read = new Set<string>();
  const stop = new AbortController();
  const parents = new Map<number, number>();
  const look = (): void => {
    noteParents(parents);
    for (const [pid, above] of descendantsOf(root, parents)) {
      const commandLine = contentOf(pid, 'cmdline');
      const key = `${pid} ${commandLine.length}`;
      if (commandLine.length === 0 || read.has(key)) continue;
      read.add(key);
      const chain = [pid, ...above].map(programOf).join(' < ');
      // Between fork and exec a child is a copy of its parent, environment included, and has not started anything yet.
      if (programOf(pid) === programOf(root)) continue;
      programs.add(chain);
      seen.push(...findCanaries(commandLine, canaries, `arguments of ${chain}`));
      seen.push(...findCanaries(contentOf(pid, 'environ'), canaries, `environment of ${chain}`));
    }
  };
  const looking = (async () => {
    while (!stop.signal.aborted) {
      look();
      await delay(EVERY_MS);
    }
  })();
  return {
    seen,
    programs,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}

/** Reads who started whom, of those who are new: once for each process, because it is asked many times a second. */
function noteParents(parents: Map<number, number>): void {
  const living = new Set(readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])));
  for (const pid of parents.keys()) if (!living.has(pid)) parents.delete(pid);
  for (const pid of living) {
    if (parents.has(pid)) continue;
    // The name of the program stands in brackets and may hold anything.
    const parent = Number(contentOf(pid, 'stat').toString().split(') ').at(-1)?.split(' ')[1]);
    parents.set(pid, parent);
  }
}

/** Processes below `root`, each with those between the two, nearest first. */
function descendantsOf(root: number, parents: ReadonlyMap<number, number>): ReadonlyMap<number, readonly number[]> {
  const below = new Map<number, readonly number[]>();
  for (const pid of parents.keys()) {
    const above: number[] = [];
    let at = parents.get(pid);
    while (at !== undefined && at > 1 && at !== root && above.length < 20) {
      above.push(at);
      at = parents.get(at);
    }
    if (at === root) below.set(pid, above);
  }
  return below;
}

/** The program and its first arguments. */
function programOf(pid: number): string {
  return contentOf(pid, 'cmdline').toString().split('\0').slice(0, 3).join(' ').slice(0, 200);
}

/** Of a process that has just ended there is nothing to read. */
function contentOf(pid: number, file: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/${file}`);
  } catch {
    return Buffer.alloc(0);
  }
}
