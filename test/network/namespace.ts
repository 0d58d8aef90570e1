import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Addresses that only exist in a namespace of ours, by what happens to a packet for them. */
export const PLACES = {
  /** Swallowed without a word, as a firewall does. */
  swallowed: '10.99.0.2',
  /** A null route: the kernel refuses at once. */
  nullRoute: '10.98.0.2',
  /** No route leads there. */
  noRoute: '10.97.0.2',
} as const;

// With a network interface that is up: a machine without one could not reach anybody, and blames no target.
const SET_UP = `set -e
  ip link set lo up
  ip link add card type veth peer name other
  ip addr add 10.96.0.1/24 dev card
  ip link set card up
  ip link set other up
  ip route add 10.99.0.0/24 dev lo
  ip route add blackhole 10.98.0.0/24
  exec "$0" "$@"`;

/** Why no network namespace can be made here, for the reason of a skip; false when it can. */
export function whyNoNamespace(): string | false {
  const tried = spawnSync('unshare', ['--net', 'sh', '-c', SET_UP, 'true'], { encoding: 'utf8' });
  if (tried.status === 0) return false;
  return `no network namespace can be made (needs root, unshare and ip): ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** Runs a program of ours in a network namespace of its own, which is gone when it ends; gives what it printed. */
export async function runInNamespace(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const command = ['--net', 'sh', '-c', SET_UP, process.execPath, '--no-warnings', program, ...args];
  const { stdout } = await promisify(execFile)('unshare', command, { timeout: timeoutMs, killSignal: 'SIGKILL' });
  return stdout;
}
