import { readdirSync, readFileSync } from 'node:fs';

/** A living process as `/proc` shows it. */
export type Process = {
  readonly pid: number;
  readonly parent: number;
  /** With the pid it names one process for good: a number may be given away again. */
  readonly started: string;
  readonly command: string;
};

/** All that a process has started, and what those have started. */
export function descendantsOf(root: number): readonly Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const found: Process[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = all.filter(({ parent }) => parents.has(parent));
    found.push(...children);
    parents = new Set(children.map(({ pid }) => pid));
  }
  return found;
}

/** The same process, not a later one with its number. */
export function isAlive({ pid, started }: Process): boolean {
  return readProcess(pid)?.started === started;
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent: Number(fields[1]), started: fields[19] ?? '', command };
  } catch {
    // It ended in the meantime.
    return undefined;
  }
}
