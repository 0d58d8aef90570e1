import { Resolver } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { type Address, type Family, literalAddress } from './addresses.ts';
import type { Attempt, Settle } from './attempt.ts';
import { parseHosts, parseResolvConf, searchNames, WatchedFile } from './system-files.ts';
import { codeOf, type Phase, Trouble } from './trouble.ts';

export type Wanted = {
  readonly family: 'auto' | Family;
  /** Servers to ask instead of the system's, e.g. `127.0.0.1:5353`. */
  readonly servers?: readonly string[];
  readonly timeoutMs?: number;
  readonly phase: Phase;
};
type SystemFiles = { readonly hosts: string; readonly resolvConf: string };

/** Longest wait for a resolver when the check names none. */
const DEFAULT_TIMEOUT_MS = 5_000;
/** How long the second family is waited for once the first has an answer (RFC 8305, resolution delay). */
const SECOND_FAMILY_MS = 50;
/** Answers that are about the name; anything else is trouble of the resolver. */
const ABOUT_THE_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'ESERVFAIL']);
const MOST_RESOLVERS = 64;
/**
 * A reply that is not DNS ends all questions that wait on the same channel with this code, whatever they ask. So a name that
 * gets it is asked for once more on a channel of its own, and only what comes there is about this name.
 */
const GARBAGE = 'EBADRESP';

/**
 * Names to addresses without `getaddrinfo`, which would let one dead resolver delay every check on libuv's four threads.
 * Order: literal address, hosts file, `localhost`, DNS with the search list of resolv.conf. Nothing is cached.
 */
export class NameResolver {
  readonly #hosts: WatchedFile<ReadonlyMap<string, readonly string[]>>;
  readonly #search: WatchedFile<ReturnType<typeof parseResolvConf>>;
  readonly #resolvers = new Map<string, Resolver>();

  constructor(clock: Clock, files: SystemFiles = { hosts: '/etc/hosts', resolvConf: '/etc/resolv.conf' }) {
    this.#hosts = new WatchedFile(files.hosts, clock, parseHosts);
    this.#search = new WatchedFile(files.resolvConf, clock, parseResolvConf);
  }

  /** The addresses of a host, preferred first. Fails with a `Trouble` in the phase `wanted.phase`. */
  async resolve(attempt: Attempt, host: string, wanted: Wanted): Promise<readonly Address[]> {
    const { phase } = wanted;
    const startMs = attempt.elapsedMs();
    const known = this.#knownAddresses(host, wanted.family);
    if (known === undefined) {
      const limitMs = wanted.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      return attempt.during(phase, (settle) => this.#ask(attempt.clock, host, wanted, settle), limitMs);
    }
    if (known.length === 0) throw new Trouble(phase, 'ENODATA', `'${host}'`);
    attempt.record(phase, startMs);
    return known;
  }

  /** Whether the host is an address, or a name that is known without asking anybody. */
  knows(host: string): boolean {
    return this.#knownAddresses(host, 'auto') !== undefined;
  }

  /** What is known without asking anybody; `undefined` when DNS must be asked. */
  #knownAddresses(host: string, family: Wanted['family']): readonly Address[] | undefined {
    const literal = literalAddress(host);
    if (literal) return [literal];
    const name = host.toLowerCase().replace(/\.$/, '');
    const listed = this.#hosts.value.get(name);
    const isLocal = name === 'localhost' || name.endsWith('.localhost');
    const known = listed ?? (isLocal ? ['127.0.0.1', '::1'] : undefined);
    return known?.flatMap(toAddress).filter((address) => family === 'auto' || address.family === family);
  }

  #ask(clock: Clock, host: string, wanted: Wanted, settle: Settle<readonly Address[]>): () => void {
    const names = wanted.servers ? [host.replace(/\.$/, '')] : searchNames(host, this.#search.value);
    const shared = this.#resolver(wanted.servers);
    let stopped = false;
    let stop: () => void = () => {};
    const next = (index: number, resolver: Resolver): void => {
      const name = names[index] ?? host;
      const undo = lookUp({ resolver, clock, name, family: wanted.family }, (found) => {
        if (stopped) return;
        const isLast = index + 1 >= names.length;
        if (typeof found !== 'string') settle.done(found);
        else if (found === GARBAGE && resolver === shared) next(index, newResolver(wanted.servers));
        else if (isLast || !ABOUT_THE_NAME.has(found)) settle.fail(new Trouble(wanted.phase, found, `'${host}'`));
        else next(index + 1, resolver);
      });
      stop = () => {
        undo();
        if (resolver !== shared) resolver.cancel();
      };
    };
    next(0, shared);
    return () => {
      stopped = true;
      stop();
    };
  }

  /** One channel per set of servers; a new one after resolv.conf was changed, because a channel reads it only once. */
  #resolver(servers: readonly string[] | undefined): Resolver {
    const key = servers?.join(' ') ?? `system ${this.#search.version}`;
    const open = this.#resolvers.get(key);
    if (open) return open;
    const resolver = newResolver(servers);
    const oldest = this.#resolvers.keys().next().value;
    if (this.#resolvers.size >= MOST_RESOLVERS && oldest !== undefined) this.#resolvers.delete(oldest);
    this.#resolvers.set(key, resolver);
    return resolver;
  }

  close(): void {
    for (const resolver of this.#resolvers.values()) resolver.cancel();
    this.#resolvers.clear();
  }
}

function newResolver(servers: readonly string[] | undefined): Resolver {
  const resolver = new Resolver({ timeout: 2_000, tries: 3 });
  if (servers) resolver.setServers(servers);
  return resolver;
}

type LookUp = {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly name: string;
  readonly family: Wanted['family'];
};

/** Asks for both families at once and reports addresses, IPv6 first and alternating, or the code of what went wrong. */
function lookUp(
  { resolver, clock, name, family }: LookUp,
  report: (found: readonly Address[] | string) => void,
): () => void {
  const families: readonly Family[] = family === 'auto' ? [6, 4] : [family];
  const answers = new Map<Family, readonly Address[] | string>();
  let cancelWait: (() => void) | undefined;
  let reported = false;
  const conclude = (): void => {
    if (reported) return;
    reported = true;
    cancelWait?.();
    report(merge([...answers.values()]));
  };
  for (const asked of families) {
    const heard = (error: Error | null, list: string[] | undefined): void => {
      // An alias that leads to a name without an address of this family comes as an empty list, and not as an error.
      const isEmpty = list === undefined || list.length === 0;
      const code = error ? codeOf(error) : isEmpty ? 'ENODATA' : undefined;
      answers.set(asked, code ?? (list ?? []).map((address) => ({ address, family: asked })));
      const isUseful = typeof answers.get(asked) !== 'string';
      if (answers.size === families.length) conclude();
      else if (isUseful) cancelWait = clock.schedule(SECOND_FAMILY_MS, conclude);
    };
    if (asked === 6) resolver.resolve6(name, heard);
    else resolver.resolve4(name, heard);
  }
  return () => {
    reported = true;
    cancelWait?.();
  };
}

function merge(answers: readonly (readonly Address[] | string)[]): readonly Address[] | string {
  const lists = answers.filter((answer) => typeof answer !== 'string');
  const found = lists.flat();
  if (found.length > 0) return interleave(found);
  const codes = answers.filter((answer) => typeof answer === 'string');
  return codes.find((code) => !ABOUT_THE_NAME.has(code)) ?? codes.find((code) => code !== 'ENODATA') ?? 'ENODATA';
}

/** IPv6, IPv4, IPv6, … so that one broken family delays by one attempt only (RFC 8305, section 4). */
function interleave(found: readonly Address[]): readonly Address[] {
  const six = found.filter(({ family }) => family === 6);
  const four = found.filter(({ family }) => family === 4);
  return Array.from({ length: Math.max(six.length, four.length) }, (_, index) => [six[index], four[index]])
    .flat()
    .filter((address) => address !== undefined);
}

function toAddress(address: string): readonly Address[] {
  const family = isIP(address.split('%')[0] ?? '');
  return family === 4 || family === 6 ? [{ address, family }] : [];
}
