import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What is outside, in a network of its own, and the way there from the monitor's. */
export type Networks = AsyncDisposable & {
  /** Put before a command that is to run on the monitor's side. */
  readonly within: readonly string[];
  /** The cable of the monitor's machine. */
  link(state: 'up' | 'down'): void;
  /** Addresses outside that answer, or none any more: as if the line behind our router were cut. */
  addresses(change: 'add' | 'del', addresses: readonly string[]): void;
  resolver(state: 'well' | 'silent'): void;
  /** Notices that arrived outside, each once. */
  readonly notices: readonly NoticeSeen[];
};

const notice = z.object({
  id: z.string(),
  change: z.string(),
  track: z.string(),
  check: z.object({ id: z.string() }),
  summary: z.string(),
});
export type NoticeSeen = z.output<typeof notice>;

/** Why networks cannot be made here; undefined when they can. */
export function whyNoNetworks(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to make networks of its own';
  const name = `vigie-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]);
  if (made.error !== undefined) return 'needs ip (iproute2) to make networks of its own';
  if (made.status !== 0) return `needs leave to make network namespaces: ${made.stderr.toString().trim()}`;
  spawnSync('ip', ['netns', 'del', name]);
  return undefined;
}

const INSIDE = '10.231.7.1';
const DEVICE = 'outward';
let opened = 0;

/** Two machines with a cable between them. `names` are those that the name server outside knows. */
export async function openNetworks(
  outside: readonly string[],
  names: Readonly<Record<string, string>>,
): Promise<Networks> {
  opened += 1;
  const [ours, theirs] = [`vigie-in-${process.pid}-${opened}`, `vigie-out-${process.pid}-${opened}`];
  const ip = (...args: readonly string[]): void =>
    void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const addresses: Networks['addresses'] = (change, list) => {
    for (const address of list) ip('-n', theirs, 'addr', change, `${address}/32`, 'dev', 'inward');
    // The way back goes with the last address.
    if (change === 'add') ip('-n', theirs, 'route', 'replace', INSIDE, 'dev', 'inward');
  };
  for (const name of [ours, theirs]) ip('netns', 'add', name);
  ip('link', 'add', DEVICE, 'netns', ours, 'type', 'veth', 'peer', 'name', 'inward', 'netns', theirs);
  ip('-n', ours, 'addr', 'add', `${INSIDE}/24`, 'dev', DEVICE);
  for (const [space, device] of [
    [ours, 'lo'],
    [ours, DEVICE],
    [theirs, 'lo'],
    [theirs, 'inward'],
  ] as const)
    ip('-n', space, 'link', 'set', device, 'up');
  addresses('add', outside);
  // `ip netns exec` puts this in place of the machine's own file.
  const etc = join('/etc/netns', ours);
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'resolv.conf'), `nameserver ${outside[0] ?? ''}\noptions timeout:1 attempts:1\n`);
  const world = await startOutside(theirs, names);
  return {
    within: ['ip', 'netns', 'exec', ours],
    link: (state) => ip('-n', ours, 'link', 'set', DEVICE, state),
    addresses,
    resolver: (state) => void world.child.stdin.write(`${state}\n`),
    notices: world.notices,
    async [Symbol.asyncDispose]() {
      world.child.kill('SIGKILL');
      await world.ended;
      for (const name of [ours, theirs]) ip('netns', 'del', name);
      rmSync(etc, { recursive: true, force: true });
    },
  };
}

type Outside = {
  readonly child: ChildProcessWithoutNullStreams;
  readonly notices: readonly NoticeSeen[];
  readonly ended: Promise<unknown>;
};

async function startOutside(space: string, names: Readonly<Record<string, string>>): Promise<Outside> {
  const script = join(import.meta.dirname, 'fixtures', 'outside.ts');
  const known = Object.entries(names).map(([name, address]) => `${name}=${address}`);
  const child = spawn('ip', ['netns', 'exec', space, process.execPath, script, ...known]);
  child.stderr.pipe(process.stderr);
  const notices: NoticeSeen[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'close');
  await Promise.race([once(lines, 'line'), ended.then(() => Promise.reject(new Error('the outside did not start')))]);
  lines.on('line', (line) => {
    const seen = notice.parse(JSON.parse(line));
    // As receivers must: where the answer is late on a network that just came back, a notice comes again.
    if (notices.every(({ id }) => id !== seen.id)) notices.push(seen);
  });
  return { child, notices, ended };
}
