import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group of ours for processes whose number or memory is limited. */
export type Group = Disposable & {
  /** Path for `cgroup.procs`. */
  readonly folder: string;
};

type Controller = 'pids' | 'memory';
const ROOT = '/sys/fs/cgroup';
/** File of the limit in version 1 and in version 2. */
const LIMITS = { pids: ['pids.max', 'pids.max'], memory: ['memory.limit_in_bytes', 'memory.max'] } as const;

/** Why no group with this limit can be made, for the reason of a skip; false when it can. */
export function whyNoGroup(controller: Controller): string | false {
  try {
    makeGroup(controller)[Symbol.dispose]();
    return false;
  } catch (error) {
    return `no control group with a limit of ${controller} can be made here: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * Put before the command of a process whose number of processes is to be limited without a control group. The limit of a user holds for
 * everybody but root, who starts it as nobody.
 */
export function asLimitedUser(): readonly string[] {
  return process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
}

export function makeGroup(controller: Controller): Group {
  const parent = existsSync(join(ROOT, controller)) ? join(ROOT, controller) : ROOT;
  accessSync(join(parent, 'cgroup.procs'), constants.W_OK);
  const folder = join(parent, `vigie-test-${controller}-${process.pid}`);
  mkdirSync(folder);
  const group = { folder, [Symbol.dispose]: () => rmdirSync(folder) };
  if (limitFile(folder, controller) !== undefined) return group;
  rmdirSync(folder);
  throw new Error(`${controller} is not among the controllers of ${parent}`);
}

export function setLimit(folder: string, controller: Controller, value: number | 'max'): void {
  const file = limitFile(folder, controller);
  if (file === undefined) throw new Error(`no limit of ${controller} in ${folder}`);
  const unlimited = file.endsWith('limit_in_bytes') ? '-1' : 'max';
  writeFileSync(file, value === 'max' ? unlimited : String(value));
}

/** Processes and threads in the group. */
export function countTasks(folder: string): number {
  return Number(readFileSync(join(folder, 'pids.current'), 'utf8'));
}

function limitFile(folder: string, controller: Controller): string | undefined {
  return LIMITS[controller].map((name) => join(folder, name)).find((file) => existsSync(file));
}
