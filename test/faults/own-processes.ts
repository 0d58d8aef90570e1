import { readdirSync, readFileSync } from 'node:fs';

type Process = { readonly pid: number; readonly parent: number; readonly command: string; readonly isMarked: boolean };

/**
 * Processes that runs of this process started: all that carry a mark that begins with our pid, whoever their parent is by now, and
 * what these have started (Chromium's page processes overwrite their environment).
 */
export function ownProcesses(): readonly Process[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []));
  const own = new Set(all.filter(({ isMarked }) => isMarked));
  for (let before = -1; before < own.size; ) {
    before = own.size;
    const pids = new Set([...own].map(({ pid }) => pid));
    for (const one of all) if (pids.has(one.parent)) own.add(one);
  }
  return [...own];
}

/** Kills those whose command line matches; says how many. */
export function killOwn(command: RegExp): number {
  const found = ownProcesses().filter((one) => command.test(one.command));
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  return found.length;
}

function readProcess(name: string): readonly Process[] {
  try {
    const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, 'utf8');
    const [state, parent] = read('stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (state === 'Z') return [];
    const isMarked = read('environ').includes(`VIGIE_RUN_MARK=${process.pid}_`);
    return [{ pid: Number(name), parent: Number(parent), command: read('cmdline').replaceAll('\0', ' '), isMarked }];
  } catch {
    // Gone since the listing, or of another user.
    return [];
  }
}
