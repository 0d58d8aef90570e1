import {
  type Answer,
  AUTHENTIC_DATA,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  RECURSION_DESIRED,
} from 'dns-packet';
import type { DnsOptions, QueryType } from './arguments.ts';
import { nameText } from './names.ts';
import { plainText } from './texts.ts';

export type Query = { readonly id: number; readonly name: string; readonly type: QueryType; readonly bytes: Buffer };

/** Larger replies go over TCP; this size passes every path unfragmented (DNS flag day 2020). */
const UDP_BYTES = 1_232;
const DNSSEC_OK = 1 << 15;

/** A question as it is sent; `id` is random, so that nobody can answer without seeing it. */
export function makeQuery(id: number, name: string, { type, recursion, dnssec, expect }: DnsOptions): Query {
  const wantsProof = dnssec || expect.authenticated === true;
  const packet: Packet = {
    type: 'query',
    id,
    flags: (recursion ? RECURSION_DESIRED : 0) | (wantsProof ? AUTHENTIC_DATA : 0),
    questions: [{ type, name }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_BYTES,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: dnssec ? DNSSEC_OK : 0,
        flag_do: dnssec,
        options: [],
      },
    ],
  };
  return { id, name, type, bytes: encode(packet) };
}

export type Reply = {
  readonly rcode: string;
  readonly truncated: boolean;
  readonly authenticated: boolean;
  readonly authoritative: boolean;
  /** Records of the type asked for, as text; aliases on the way are left out. */
  readonly answers: readonly string[];
  /** Least time to live of those records, milliseconds. */
  readonly ttlMs?: number;
};

/** A reply to the query; `foreign` when it answers another one, `malformed` with a reason when it cannot be read. */
export function readReply(bytes: Uint8Array, query: Query): Reply | 'foreign' | { readonly malformed: string } {
  let packet: DecodedPacket;
  try {
    packet = decode(Buffer.from(bytes));
  } catch (error) {
    return { malformed: error instanceof Error ? error.message : 'unreadable' };
  }
  if (packet.id !== query.id || !packet.flag_qr) return 'foreign';
  const [question] = packet.questions ?? [];
  const isOurs = question?.name.toLowerCase() === query.name.toLowerCase() && question.type === query.type;
  if (question !== undefined && !isOurs) return { malformed: `it answers '${question.name}' ${question.type}` };
  const records = recordsFor(query, packet.answers ?? []);
  const ttls = records.flatMap((record) => ('ttl' in record && record.ttl !== undefined ? [record.ttl * 1_000] : []));
  return {
    rcode: 'rcode' in packet && typeof packet.rcode === 'string' ? packet.rcode : 'unknown',
    truncated: packet.flag_tc,
    authenticated: packet.flag_ad,
    authoritative: packet.flag_aa,
    answers: records.map(textOf),
    ...(ttls.length === 0 ? {} : { ttlMs: Math.min(...ttls) }),
  };
}

/** Those of the name asked for, or of the end of its aliases: what a reply says of other names does not answer the question. */
function recordsFor({ name: asked, type }: Query, answers: readonly Answer[]): readonly Answer[] {
  const aliases = new Map(
    answers.flatMap((one) =>
      one.type === 'CNAME' && type !== 'CNAME' ? [[nameText(one.name), nameText(one.data)] as const] : [],
    ),
  );
  const owners = new Set<string>();
  for (let name = nameText(asked); !owners.has(name); name = aliases.get(name) ?? name) owners.add(name);
  return answers.filter((one) => one.type === type && owners.has(nameText(one.name)));
}

/** A record as it stands in a zone, names in lower case and without the final dot. */
export function textOf(record: Answer): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.data.toLowerCase();
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return nameText(record.data);
    case 'MX':
      return `${record.data.preference ?? 0} ${nameText(record.data.exchange)}`;
    case 'SRV': {
      const { priority, weight, port, target } = record.data;
      return `${priority ?? 0} ${weight ?? 0} ${port} ${nameText(target)}`;
    }
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
      return [nameText(mname), nameText(rname), serial, refresh, retry, expire, minimum]
        .map((part) => part ?? 0)
        .join(' ');
    }
    case 'CAA':
      return `${record.data.flags ?? 0} ${record.data.tag} ${record.data.value}`;
    case 'TXT':
      return plainText([record.data].flat());
    default:
      return record.type;
  }
}
