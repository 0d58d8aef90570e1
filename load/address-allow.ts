import { messageOf } from '../core/errors.ts';
import { type Block, bitsOf, containsBlock, formatBlock, halves, isMapped, overlaps, parseBlock } from './addresses.ts';

/** Gives every address of a host name, IPv4 and IPv6. Rejects when the name has none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** The allow-list with every name turned into addresses. */
export type Allowed = {
  readonly blocks: readonly Block[];
  /** Names of the list that have no address now, with the reason. */
  readonly unresolved: readonly string[];
};

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?$/i;

/** What is wrong with an entry of an allow-list; undefined when it is an address, a CIDR block or a host name. */
export function allowProblem(entry: string): string | undefined {
  if (parseBlock(entry) !== undefined) return undefined;
  const looksLikeName = NAME.test(entry) && !/^[\d.]+$/.test(entry);
  if (looksLikeName) return undefined;
  return `'${entry}' is not a host name, an address or a CIDR block: write e.g. 'staging.example.com', '192.0.2.7' or '10.0.0.0/8' (no scheme, port or wildcard)`;
}

/** `localhost` is the whole loopback, whatever a resolver says of it. */
export async function resolveAllowed(entries: readonly string[], resolve: ResolveName): Promise<Allowed> {
  const found = await Promise.all(entries.map((entry) => resolveEntry(entry, resolve)));
  return {
    blocks: found.flatMap((result) => ('problem' in result ? [] : result.blocks)),
    unresolved: found.flatMap((result) => ('problem' in result ? [result.problem] : [])),
  };
}

type Resolved = { readonly blocks: readonly Block[] } | { readonly problem: string };

async function resolveEntry(entry: string, resolve: ResolveName): Promise<Resolved> {
  const block = parseBlock(entry);
  if (block) return { blocks: [block] };
  if (/^localhost\.?$/i.test(entry)) return { blocks: toBlocks(LOOPBACK) };
  try {
    return { blocks: toBlocks(await resolve(entry)) };
  } catch (error) {
    return { problem: `${entry}: ${messageOf(error)}` };
  }
}

function toBlocks(addresses: readonly string[]): readonly Block[] {
  return addresses.map(parseBlock).filter((block) => block !== undefined);
}

export function isAllowed(address: string, { blocks }: Allowed): boolean {
  const wanted = parseBlock(address);
  return wanted !== undefined && blocks.some((block) => containsBlock(block, wanted));
}

/** Every address that is not allowed, as the fewest CIDR blocks, IPv4 first. Nothing allowed gives everything. */
export function complementOf({ blocks }: Allowed): readonly string[] {
  const everything: readonly Block[] = [
    { version: 4, start: 0n, prefix: 0 },
    { version: 6, start: 0n, prefix: 0 },
  ];
  // Go reads `::ffff:0:0/96` as an IPv4 block; those addresses are judged by the IPv4 part of the list.
  return everything
    .flatMap((whole) => subtract(whole, blocks))
    .filter((block) => !isMapped(block))
    .map(formatBlock);
}

function subtract(whole: Block, blocks: readonly Block[]): readonly Block[] {
  const inside = blocks.filter((block) => overlaps(whole, block));
  if (inside.length === 0) return [whole];
  if (inside.some((block) => containsBlock(block, whole)) || whole.prefix === bitsOf(whole.version)) return [];
  return halves(whole).flatMap((half) => subtract(half, inside));
}
