/// <reference path="./html-encoding-sniffer.d.ts" />

import { isUtf8 } from 'node:buffer';
import type { MediaType } from './media-type.ts';

/** How many bytes of a page are looked at for what it says of itself. */
const SCANNED_BYTES = 1_024;
/** Every place in which a page can name an encoding; what is no such place is found as well, and harmless. */
const NAMED = /(?:charset|encoding)[\0-\x20]*=[\0-\x20]*["']?\s*([^\s"'/>;]*)/gi;
const UTF_8 = /^utf-?8$/i;

/**
 * Whether bytes are UTF-8 by what they and their answer say, as far as it can be told at a glance; most are. `false` means: look closely.
 * It may not be wrong when it says `true`.
 */
export function isPlainlyUtf8(bytes: Buffer, { form, charset }: MediaType): boolean {
  if (form === 'json') return true;
  if (hasWideMark(bytes)) return false;
  if (hasUtf8Mark(bytes)) return true;
  if (charset !== undefined) return UTF_8.test(charset);
  if (form === 'other') return true;
  const [first, second] = bytes;
  // Without a mark, UTF-16 shows by its zeros.
  if (first === 0 || second === 0) return false;
  const head = bytes.toString('latin1', 0, SCANNED_BYTES);
  if (head.startsWith('<?xml') && !head.includes('>')) return false;
  if (!Array.from(head.matchAll(NAMED)).every(([, label = '']) => UTF_8.test(label))) return false;
  return form !== 'html' || !mayNameLate(bytes);
}

/** The encoding of bytes, by the order of browsers: mark, header, what a page or an XML document says of itself, UTF-8. */
export async function encodingOf(bytes: Buffer, { form, charset }: MediaType): Promise<string> {
  // Most checks never need it, and loading it takes longer than a probe.
  const { default: sniff } = await import('html-encoding-sniffer');
  const label = charset === undefined ? {} : { transportLayerEncodingLabel: charset };
  // Of what is neither page nor document only the mark counts.
  const seen = form === 'html' || form === 'xml' ? bytes : bytes.subarray(0, 3);
  const found = sniff(seen, { ...label, xml: form === 'xml', defaultEncoding: '' });
  if (found !== '') return found;
  if (form !== 'html' || !mayNameLate(bytes)) return 'UTF-8';
  return sniff(bytes, { maxPrescanBytes: Number.POSITIVE_INFINITY, defaultEncoding: 'UTF-8' });
}

/** Whether a page may say what it is later than at its beginning: browsers begin anew when they come upon it. What is UTF-8 stays that. */
function mayNameLate(bytes: Buffer): boolean {
  return bytes.length > SCANNED_BYTES && !isUtf8(bytes);
}

export function hasUtf8Mark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function hasWideMark(bytes: Buffer): boolean {
  return (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe);
}
