import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';

const LOOK_AGAIN_MS = 5_000;

/** A small system file, parsed again when it was changed; looked at every 5 s at most, so that a probe costs no disk access. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #parse: (text: string) => T;
  #version = '';
  #lookAgainAt = Number.NEGATIVE_INFINITY;
  #value: T;

  constructor(path: string, clock: Clock, parse: (text: string) => T) {
    this.#path = path;
    this.#clock = clock;
    this.#parse = parse;
    this.#value = parse('');
  }

  /** Changes whenever the file does. */
  get version(): string {
    this.#look();
    return this.#version;
  }

  get value(): T {
    this.#look();
    return this.#value;
  }

  #look(): void {
    const now = this.#clock.monotonic();
    if (now < this.#lookAgainAt) return;
    this.#lookAgainAt = now + LOOK_AGAIN_MS;
    try {
      const { mtimeMs, size } = statSync(this.#path);
      const version = `${mtimeMs}/${size}`;
      if (version === this.#version) return;
      this.#value = this.#parse(readFileSync(this.#path, 'utf8'));
      this.#version = version;
    } catch {
      // A machine without the file has nothing to say in it, which is what parsing nothing gives.
      this.#value = this.#parse('');
      this.#version = 'absent';
    }
  }
}

/** Addresses by name, in the order of the file. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address === undefined || address === '') continue;
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address]);
  }
  return hosts;
}

/** What the resolver configuration says about names without a dot, e.g. `backend` in a cluster. */
type SearchRules = { readonly domains: readonly string[]; readonly dots: number };

export function parseResolvConf(text: string): SearchRules {
  let rules: SearchRules = { domains: [], dots: 1 };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (word === 'search' || word === 'domain') rules = { ...rules, domains: rest };
    const dots = word === 'options' ? /\bndots:(\d+)/.exec(rest.join(' '))?.[1] : undefined;
    if (dots !== undefined) rules = { ...rules, dots: Number(dots) };
  }
  return rules;
}

/** The names to ask for, in order, as the system's own resolver would. */
export function searchNames(host: string, { domains, dots }: SearchRules): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const longer = domains.filter((domain) => domain !== '.').map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 >= dots ? [host, ...longer] : [...longer, host];
}
