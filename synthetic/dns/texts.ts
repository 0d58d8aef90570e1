import { isUtf8 } from 'node:buffer';
import { escapeBytes } from './names.ts';

const BACKSLASH = 0x5c;
/** Strings in quotes as a zone and `dig` write them, and nothing else. */
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"\s*)+$/s;
const PIECE = /\\(\d{3})|\\(.)|[^"\\]+/gs;

/** The strings of a text, joined before they are read: a letter may begin in one and end in the next. */
export function plainText(parts: readonly (string | Buffer)[]): string {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  // Signs that stand for unreadable bytes would make different texts look the same.
  return isUtf8(bytes) ? bytes.toString() : escapeBytes(bytes, (byte) => byte < 0x80 && byte !== BACKSLASH);
}

/** What strings in quotes say; what is not wholly in quotes says what it is. */
export function unquoted(text: string): string {
  if (!QUOTED.test(text)) return text;
  const strings = text.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  const pieces = strings.flatMap((string) => Array.from(string.slice(1, -1).matchAll(PIECE), pieceOf));
  return plainText(pieces);
}

function pieceOf([whole, number, escaped]: RegExpMatchArray): string | Buffer {
  if (number !== undefined && Number(number) <= 255) return Buffer.from([Number(number)]);
  return escaped ?? whole;
}
