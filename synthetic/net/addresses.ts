import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { AddressGuard, AddressRules } from '../../core/address-rules.ts';

export type Family = 4 | 6;
export type Address = { readonly address: string; readonly family: Family };

/** Words that stand for blocks of addresses. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
};

/** Link-local addresses and the metadata services of clouds: they hand credentials to whoever asks from this machine. */
const ALWAYS_DENIED = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
];

export function isAddressRule(text: string): boolean {
  if (Object.hasOwn(GROUPS, text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const MOST_REMEMBERED = 256;

const NO_RULES: AddressRules = { allow: [], deny: [] };

/** The check's word outranks that of the settings, theirs what is always denied; on each level `allow` outranks `deny`. */
export function guardAddresses(check: AddressRules, settings: AddressRules = NO_RULES): AddressGuard {
  const own = listsOf(check);
  const general = listsOf(settings);
  // A check meets the same few addresses in every run, and rules do not change.
  const remembered = new Map<string, string | undefined>();
  const judge = (address: string): string | undefined => {
    const forms = formsOf(address);
    const isIn = (list: BlockList): boolean => forms.some((form) => holds(list, form));
    if (isIn(own.allowed)) return undefined;
    if (isIn(own.denied)) return "denied by the check's 'addresses.deny'";
    if (isIn(general.allowed)) return undefined;
    if (isIn(general.denied)) return "denied by 'settings.addresses.deny'";
    return isIn(ALWAYS) ? 'link-local and metadata addresses are denied' : undefined;
  };
  return {
    refusal({ address }) {
      if (remembered.has(address)) return remembered.get(address);
      const reason = judge(address);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(address, reason);
      return reason;
    },
  };
}

/**
 * A host as it will be connected to: IPv6 brackets off, decimal, octal and short IPv4 forms (`2130706433`, `127.1`)
 * in the usual one, international names in ASCII. `undefined` when it is not a host.
 */
export function normaliseHost(text: string): string | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIPv6(bare)) return bare.toLowerCase();
  const host = /^[^\s/?#@:\\[\]%]+$/.test(bare) ? domainToASCII(bare) : '';
  return host === '' ? undefined : host;
}

/** The address itself when the host is one. */
export function literalAddress(host: string): Address | undefined {
  if (isIPv4(host)) return { address: host, family: 4 };
  return isIPv6(host) ? { address: host, family: 6 } : undefined;
}

type Lists = { readonly allowed: BlockList; readonly denied: BlockList };
const LISTS = new WeakMap<AddressRules, Lists>();

/** Made once for each rules: probes ask in every run. */
function listsOf(rules: AddressRules): Lists {
  const known = LISTS.get(rules);
  if (known !== undefined) return known;
  const made = { allowed: blockList(rules.allow), denied: blockList(rules.deny) };
  LISTS.set(rules, made);
  return made;
}

function blockList(rules: readonly string[]): BlockList {
  const list = new BlockList();
  for (const rule of rules.flatMap((entry) => (Object.hasOwn(GROUPS, entry) ? (GROUPS[entry] ?? []) : [entry]))) {
    const [address = '', bits] = rule.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The address and the IPv4 address that it carries inside, if any. */
function formsOf(address: string): readonly string[] {
  if (isIPv4(address)) return [address];
  const bare = address.split('%')[0] ?? address;
  const inner = embeddedIpv4(bare);
  return inner === undefined ? [bare] : [bare, inner];
}

/** IPv4 inside IPv6: mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`). */
function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first = 0, second = 0, third = 0] = groups;
  const head = groups.slice(0, 6).join(':');
  if (first === 0x2002) return dotted(second, third);
  const carries = head === '0:0:0:0:0:65535' || head === '0:0:0:0:0:0' || head === '100:65435:0:0:0:0';
  return carries ? dotted(groups[6] ?? 0, groups[7] ?? 0) : undefined;
}

function groupsOf(address: string): readonly number[] {
  const [left = '', right] = address.split('::');
  const before = hexGroups(left);
  if (right === undefined) return before;
  const after = hexGroups(right);
  return [...before, ...new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function hexGroups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const ALWAYS = blockList(ALWAYS_DENIED);
