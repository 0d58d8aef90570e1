import { isIP, SocketAddress } from 'node:net';
import type { QueryType } from './arguments.ts';
import { hostKey } from './names.ts';
import { unquoted } from './texts.ts';

type Fields = Readonly<Partial<Record<QueryType, readonly number[]>>>;

/** Where the host names stand in the text of a record. */
const HOSTS: Fields = { MX: [1], SRV: [3], SOA: [0, 1] };
/** Case does not matter in the tag of a CAA record (RFC 8659), in its value it does. */
const TAGS: Fields = { CAA: [1] };

/**
 * What two answers of a type have in common when they say the same. Case and the final dot are ignored where a host name stands and
 * nowhere else, addresses are compared as such, and a text is exact: two tokens that differ in case are two.
 */
export function answerKey(type: QueryType, text: string): string {
  switch (type) {
    case 'A':
    case 'AAAA':
      return addressKey(text);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return hostKey(text);
    default:
      return text
        .split(' ')
        .map((field, at) => fieldKey(field, { isHost: HOSTS[type]?.includes(at), isTag: TAGS[type]?.includes(at) }))
        .join(' ');
  }
}

/**
 * An answer as it was written down, read as a zone and `dig` write it: a text in quotes is what the quotes hold, and fields are apart by
 * any number of blanks.
 */
export function readWanted(type: QueryType, text: string): string {
  if (type === 'TXT') return unquoted(text);
  if (type !== 'CAA') return text.trim().split(/\s+/).join(' ');
  const [, flags, tag, value] = /^\s*(\S+)\s+(\S+)\s+(.*)$/s.exec(text) ?? [];
  return value === undefined ? text : `${flags} ${tag} ${unquoted(value)}`;
}

/** Whether both hold the same answers, each as often, in whatever order. */
export function areSameAnswers(got: readonly string[], wanted: readonly string[]): boolean {
  const others = [...wanted].sort();
  return got.length === wanted.length && [...got].sort().every((one, at) => one === others[at]);
}

function fieldKey(
  field: string,
  { isHost = false, isTag = false }: { readonly isHost?: boolean | undefined; readonly isTag?: boolean | undefined },
): string {
  if (isHost) return hostKey(field);
  return isTag ? field.toLowerCase() : field;
}

function addressKey(text: string): string {
  const family = isIP(text);
  if (family === 0 || text.includes('%')) return text;
  return new SocketAddress({ address: text, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
}
