import { isIP } from 'node:net';

/** A block of addresses: the first one as a number, and how many leading bits are fixed. */
export type Block = { readonly version: 4 | 6; readonly start: bigint; readonly prefix: number };

const BITS = { 4: 32, 6: 128 } as const;
/** IPv4 addresses written as IPv6, `::ffff:a.b.c.d`. Every resolver and Go itself treat them as the IPv4 address. */
const MAPPED_START = 0xffffn << 32n;
const MAPPED_PREFIX = 96;

export function bitsOf(version: 4 | 6): number {
  return BITS[version];
}

/** Reads `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32` or `::1`; undefined for anything else. Bits beyond the prefix are cleared. */
export function parseBlock(text: string): Block | undefined {
  const [address = '', prefixText, ...rest] = text.trim().split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || address.includes('%') || rest.length > 0) return undefined;
  const prefix = prefixText === undefined ? BITS[version] : Number(prefixText);
  if (!/^\d{1,3}$/.test(prefixText ?? '0') || prefix > BITS[version]) return undefined;
  const start = version === 4 ? ipv4ToNumber(address) : ipv6ToNumber(address);
  return unmap({ version, start: clearHostBits(start, prefix, version), prefix });
}

export function containsBlock(outer: Block, inner: Block): boolean {
  if (outer.version !== inner.version || inner.prefix < outer.prefix) return false;
  return clearHostBits(inner.start, outer.prefix, outer.version) === outer.start;
}

export function overlaps(a: Block, b: Block): boolean {
  return containsBlock(a, b) || containsBlock(b, a);
}

/** The two halves of a block. */
export function halves({ version, start, prefix }: Block): readonly [Block, Block] {
  const half = 1n << BigInt(BITS[version] - prefix - 1);
  return [
    { version, start, prefix: prefix + 1 },
    { version, start: start + half, prefix: prefix + 1 },
  ];
}

/** Whether an IPv6 block holds nothing but IPv4 addresses written as IPv6. */
export function isMapped(block: Block): boolean {
  return block.version === 6 && containsBlock({ version: 6, start: MAPPED_START, prefix: MAPPED_PREFIX }, block);
}

export function formatBlock({ version, start, prefix }: Block): string {
  return `${version === 4 ? formatIpv4(start) : formatIpv6(start)}/${prefix}`;
}

function unmap(block: Block): Block {
  if (!isMapped(block)) return block;
  return { version: 4, start: block.start - MAPPED_START, prefix: block.prefix - MAPPED_PREFIX };
}

function clearHostBits(start: bigint, prefix: number, version: 4 | 6): bigint {
  const free = BigInt(BITS[version] - prefix);
  return (start >> free) << free;
}

function ipv4ToNumber(address: string): bigint {
  return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

/** `isIP` has accepted the text, so there is at most one `::` and every group is well formed. */
function ipv6ToNumber(address: string): bigint {
  const [left = '', right] = withoutDottedTail(address).split('::');
  const before = groupsOf(left);
  const after = groupsOf(right ?? '');
  const zeros = right === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<bigint>(zeros).fill(0n), ...after].reduce((sum, group) => sum * 65_536n + group, 0n);
}

function groupsOf(text: string): readonly bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDottedTail(address: string): string {
  const dotted = /[\d.]+\.\d+$/.exec(address)?.[0];
  if (dotted === undefined) return address;
  const value = ipv4ToNumber(dotted);
  return `${address.slice(0, -dotted.length)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function formatIpv4(start: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((start >> shift) & 255n)).join('.');
}

/** Written out in full: a program reads it. */
function formatIpv6(start: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((start >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ':',
  );
}
