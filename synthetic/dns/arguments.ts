import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import { oneOrMany, pattern, refuseUndefined, servers } from '../net/schema.ts';
import { hostKey } from './names.ts';

export const RECORD_TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export type QueryType = (typeof RECORD_TYPES)[number];

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;

/** A name as it is asked for; addresses become their reverse name. */
const queryName = z.string().transform((input, context) => {
  const name = isIP(input) === 0 ? hostKey(input) : reverseName(input);
  const isName = name.length <= 253 && name.split('.').every((label) => /^[\x21-\x7e]{1,63}$/.test(label));
  if (isName) return name;
  const message = `'${input}' is not a name that can be asked for: write 'example.org', '_sip._tcp.example.org' or an address`;
  context.issues.push({ code: 'custom', message, input });
  return z.NEVER;
});

const text = z.string().min(1).max(4_096);

const answers = z
  .strictObject({
    /** Answers, or one, that must be among the others. Example `'10 mail.example.org'`. */
    contains: oneOrMany(text).optional().describe('Answers that must be among the others.'),
    /** All answers, each as often as it comes, in any order. Example `['192.0.2.1', '192.0.2.2']`. */
    equals: oneOrMany(text).optional().describe('All answers, each as often as it comes, in any order.'),
    /** A pattern that every answer must match. Example `/^192\.0\.2\./`. */
    matches: pattern.optional().describe('A pattern that every answer must match.'),
    /** Number of answers; 0 makes an answer without records a pass. Example `2`. */
    count: z.int().min(0).max(1_000).optional().describe('Number of answers.'),
  })
  .superRefine(refuseUndefined);

const expect = z
  .strictObject({
    /** Code of the reply. Default `'NOERROR'`, which then needs at least one answer. Example `'NXDOMAIN'`. */
    rcode: z.enum(RCODES).default('NOERROR').describe('Code of the reply.'),
    /**
     * The answers of the type asked for, written as in a zone without the final dot: `192.0.2.1`, `10 mail.example.org` (MX),
     * `0 5 443 www.example.org` (SRV), `0 issue ca.example` (CAA), the joined text (TXT); texts may be in quotes. Default: at least one.
     */
    answers: answers.optional().describe('The answers of the type asked for, written as in a zone.'),
    /** Whether the resolver must say that DNSSEC proved the answer (flag AD); sets `dnssec`. */
    authenticated: z.literal(true).optional().describe('The resolver must say that DNSSEC proved the answer.'),
    /** Whether the server must answer with authority (flag AA). */
    authoritative: z.literal(true).optional().describe('The server must answer with authority.'),
  })
  .superRefine(refuseUndefined);

/** The options of a `dns` check besides the common ones. */
export const dnsSchema = z.strictObject({
  /** Name asked for; an address asks for its reverse name. Default the host of the target's base URL. Example `'example.org'`. */
  query: queryName.optional().describe(`Name asked for. Default the host of the target's base URL.`),
  /** Type of record. Default `'A'`. */
  type: z.enum(RECORD_TYPES).default('A').describe('Type of record.'),
  /**
   * Name servers by address. Each is asked and must answer as expected: they are what is watched. Default: the system's resolvers in
   * order until one answers; their silence is the network's fault, not the target's. Example `['192.0.2.53', '[2001:db8::53]:5353']`.
   */
  servers: servers
    .optional()
    .describe(`Name servers by address, each of which must answer. Default the system's resolvers.`),
  /** `'udp'`, over to TCP when the reply is truncated, or `'tcp'` at once. Default `'udp'`. */
  transport: z.enum(['udp', 'tcp']).default('udp').describe('UDP with TCP after a truncated reply, or TCP at once.'),
  /** Whether the server is asked to ask others. Default `true`. */
  recursion: z.boolean().default(true).describe('Whether the server is asked to ask others.'),
  /** Whether DNSSEC data is asked for. Default `false`. */
  dnssec: z.boolean().default(false).describe('Whether DNSSEC data is asked for.'),
  /** Longest wait for one reply, 1 ms to 1 min. Default `'3s'`. */
  answerTimeout: duration({ least: 1, most: 60_000 }).default(3_000).describe('Longest wait for one reply.'),
  /** What must hold for each reply. Default: no error and at least one answer. */
  expect: expect.prefault({}).describe('What must hold for each reply.'),
});
export type DnsOptions = z.output<typeof dnsSchema>;
export type DnsInput = z.input<typeof dnsSchema>;

/** Whether a reply without answers can be what is expected. */
export function mayBeEmpty({ expect: { rcode, answers: wanted } }: DnsOptions): boolean {
  return rcode !== 'NOERROR' || wanted?.count === 0;
}

/** The name a check asks for. */
export function nameOf({ query }: DnsOptions, baseUrl: string): string {
  if (query !== undefined) return query;
  const { hostname } = new URL(baseUrl);
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? hostname : reverseName(bare);
}

function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const [left = '', right] = (address.split('%')[0] ?? '').split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const middle = right === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  const digits = [...before, ...middle, ...after].map((group) => group.padStart(4, '0')).join('');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}
