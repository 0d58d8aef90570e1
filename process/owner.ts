import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { isLiving, parseStat } from './proc.ts';

/**
 * Names one process for good: a pid alone is reused, a pid with its start time and the boot it belongs to is not.
 * `realm` is the boot and the pid namespace: pids of another container mean nothing here.
 */
export type Owner = { readonly pid: number; readonly startedAt: string; readonly realm: string };

/** `unknown`: the pid belongs to another boot or another pid namespace, so this process cannot tell. */
export type OwnerState = 'alive' | 'dead' | 'unknown';

/** This process as an owner of temp folders and of child processes. */
export function thisOwner(): Owner {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? 'unknown', realm: realmHere() };
}

export function ownerState(owner: Owner): OwnerState {
  if (owner.realm !== realmHere()) return 'unknown';
  return startOf(owner.pid) === owner.startedAt ? 'alive' : 'dead';
}

/** One word without spaces, to stand in an environment variable. */
export function ownerToText(owner: Owner): string {
  return [owner.pid, encodeURIComponent(owner.startedAt), encodeURIComponent(owner.realm)].join('_');
}

export function ownerFromText(text: string): Owner | undefined {
  const [pid, startedAt, realm] = text.split('_');
  if (pid === undefined || startedAt === undefined || realm === undefined || !/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), startedAt: decodeURIComponent(startedAt), realm: decodeURIComponent(realm) };
}

/** When a process started, as an opaque text; undefined when there is no such process. */
export function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // A zombie does nothing any more; in a container nobody may ever reap it.
    return stat !== undefined && isLiving(stat) ? stat.startTicks : undefined;
  } catch {
    // ENOENT (or ESRCH while it goes): there is no such process.
    return undefined;
  }
}

/** macOS has no /proc. `ps` exits 1 for a pid that is not there. */
function startFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
}

function realmHere(): string {
  if (process.platform !== 'linux') return process.platform;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // A hardened container may hide these files; then the pid and its start time have to do.
    return process.platform;
  }
}
