import { type DnsServer, RCODES, type Reply, serveDns } from '../../synthetic/net/testing/dns-server.ts';

/** What the name server says about one name. */
export type Name =
  | 'nxdomain'
  | 'servfail'
  /** No answer at all. */
  | 'silence'
  /** Bytes that are not DNS. */
  | 'garbage'
  /** IPv4 or IPv6 addresses, with a time to live of 0. */
  | { readonly addresses: readonly string[] /** Cut over UDP, whole over TCP. */; readonly truncated?: true }
  /** A chain of so many aliases that ends at `to`, or at nothing. */
  | { readonly aliases: number; readonly to?: string }
  /** One after the other, a turn being all that one run asks; the last again and again. */
  | { readonly turns: readonly Name[]; turn: number };

/** A name server for the names of a table; of others it says that they do not exist. */
export function serveNames(table: Readonly<Record<string, Name>>): Promise<DnsServer> {
  return serveDns(({ question: { name, type } }) => replyFor(name, type, table[name.toLowerCase()] ?? 'nxdomain'));
}

function replyFor(name: string, type: string, said: Name): Reply {
  if (said === 'nxdomain') return { rcode: RCODES.NXDOMAIN };
  if (said === 'servfail') return { rcode: RCODES.SERVFAIL };
  if (said === 'silence') return 'silence';
  if (said === 'garbage') return { raw: Buffer.from('not a DNS message') };
  if ('turns' in said)
    return replyFor(name, type, said.turns[Math.min(said.turn, said.turns.length - 1)] ?? 'nxdomain');
  if ('aliases' in said) return chain(name, type, said);
  return { answers: records(name, type, said.addresses), ...(said.truncated ? { truncated: true } : {}) };
}

type Answers = NonNullable<Extract<Reply, { answers?: unknown }>['answers']>;

function records(name: string, type: string, addresses: readonly string[]): Answers {
  const isSix = (address: string): boolean => address.includes(':');
  const wanted = addresses.filter((address) => isSix(address) === (type === 'AAAA'));
  return wanted.map((data) => ({ type: isSix(data) ? 'AAAA' : 'A', name, ttl: 0, data }));
}

/** Too long for UDP, so it is cut there. */
function chain(name: string, type: string, { aliases, to }: { readonly aliases: number; readonly to?: string }): Reply {
  const nameOf = (index: number): string => (index === 0 ? name : `a${index}.${name}`);
  const links = Array.from({ length: aliases }, (_, index) => {
    return { type: 'CNAME', name: nameOf(index), ttl: 0, data: nameOf(index + 1) } as const;
  });
  return { truncated: true, answers: [...links, ...records(nameOf(aliases), type, to === undefined ? [] : [to])] };
}
