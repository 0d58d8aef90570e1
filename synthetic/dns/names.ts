import { domainToASCII } from 'node:url';

/** Keeps a lone label from being read as an address: full-width digits would become one. */
const BELOW = '.invalid';

/** A host name as it is compared: case and the final dot do not matter (RFC 4343), international labels are in ASCII. */
export function hostKey(name: string): string {
  const bare = name.replace(/\.$/, '');
  return bare.split('.').map(asciiLabel).join('.');
}

/** Only labels with other letters are converted: the converter refuses underscores and asterisks, which DNS allows. */
function asciiLabel(label: string): string {
  if (/^[\x21-\x7e]*$/.test(label)) return label.toLowerCase();
  const name = domainToASCII(label + BELOW);
  return name === '' ? label : name.slice(0, -BELOW.length);
}

/** A name of a reply, in lower case and without the final dot; bytes that are no visible ASCII as `\ddd`, as in a zone. */
export function nameText(name: string): string {
  if (name === '.') return name;
  return escapeBytes(Buffer.from(name.replace(/\.$/, ''))).toLowerCase();
}

/** Everything but visible ASCII as `\ddd`; what is kept besides is up to `isKept`. */
export function escapeBytes(bytes: Uint8Array, isKept: (byte: number) => boolean = isVisible): string {
  return Array.from(bytes, (byte) =>
    isKept(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`,
  ).join('');
}

function isVisible(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
