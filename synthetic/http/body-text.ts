import { isAscii, isUtf8 } from 'node:buffer';
import type { Body } from '../net/body.ts';
import { encodingOf, hasUtf8Mark, isPlainlyUtf8 } from './charset.ts';
import type { MediaType } from './media-type.ts';

/** Zeros are no text; of so many characters one may be. */
const MOST_ZEROS = 4;

/** A body as whoever opens it reads it. */
export type BodyText = {
  readonly text: string;
  /** The encoding it was read in, as the Encoding standard writes it. */
  readonly encoding: string;
  /** Places that hold no character in that encoding, and how many characters beyond ASCII were read. */
  readonly unreadable: number;
  readonly foreign: number;
  /** Read as UTF-8, where it says to be something else and is UTF-8 all the same: letters of another encoding hardly ever are. */
  readonly otherwise?: string;
};

/** The only way by which a body becomes text. The mark of its encoding is no part of it. */
export async function readText(body: Body, type: MediaType): Promise<BodyText> {
  const { bytes, truncated } = body;
  if (isPlainlyUtf8(bytes, type)) return utf8Text(body);
  const encoding = await encodingOf(bytes, type);
  if (encoding === 'UTF-8') return utf8Text(body);
  // Labels that browsers refuse to read, because of what they can smuggle in: the page is one sign for "unreadable".
  if (encoding === 'replacement')
    return { text: bytes.length === 0 ? '' : '\ufffd', encoding, unreadable: Number.POSITIVE_INFINITY, foreign: 0 };
  // That of Node lacks characters that browsers read in EUC-KR, Big5 and Shift_JIS.
  const { TextDecoder } = await import('@exodus/bytes/encoding.js');
  const text = new TextDecoder(encoding).decode(bytes, { stream: truncated });
  const otherwise = isUtf8(bytes) && !isAscii(bytes) ? { otherwise: bytes.toString('utf8') } : {};
  return { text, encoding, ...countForeign(text, text.includes('\ufffd')), ...otherwise };
}

/** Read as UTF-8, as JSON always is. */
export function utf8Text({ bytes, truncated }: Body): BodyText {
  const start = hasUtf8Mark(bytes) ? 3 : 0;
  const end = truncated ? endOfLetters(bytes) : bytes.length;
  const text = bytes.toString('utf8', start, Math.max(start, end));
  if (isRiddled(text)) return { text, encoding: 'UTF-8', unreadable: Number.POSITIVE_INFINITY, foreign: 0 };
  return { text, encoding: 'UTF-8', ...countForeign(text, !isUtf8(bytes.subarray(0, end))) };
}

/** UTF-16 that nobody declares: every second byte of plain letters is zero, and no word of it is found. */
function isRiddled(text: string): boolean {
  return text.includes('\0') && text.split('\0', text.length / MOST_ZEROS + 1).length > text.length / MOST_ZEROS;
}

/**
 * Whether a body may hold a text though it was not found: its bytes do not fit the encoding that it was read in, so that it is
 * likely in another one. Where most of what is not ASCII was read, the encoding is right and single places are damaged.
 * ASCII is the same in nearly all encodings and so is found in any case.
 */
export function mayHide({ unreadable, foreign }: BodyText, sought: { readonly least: number }): boolean {
  if (unreadable === Number.POSITIVE_INFINITY) return true;
  if (unreadable === 0 || unreadable < foreign || sought.least === 0) return false;
  // A sign takes the place of at most three bytes, a character that of four, and no letter takes less than one.
  return 3 * unreadable + 4 * foreign >= sought.least;
}

export function countBeyondAscii(text: string): number {
  return text.length - text.replace(BEYOND_ASCII, '').length;
}

const BEYOND_ASCII = /[^\0-\x7f]/g;

function countForeign(text: string, isSpoilt: boolean): Pick<BodyText, 'unreadable' | 'foreign'> {
  if (!isSpoilt) return { unreadable: 0, foreign: 0 };
  let unreadable = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) unreadable += 1;
  return { unreadable, foreign: countBeyondAscii(text) - unreadable };
}

/** Where the last whole letter ends: a body that is cut may be cut within one. */
function endOfLetters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return lengthOfLetter(byte) > back ? bytes.length - back : bytes.length;
    if (byte < 0x80) return bytes.length;
  }
  return bytes.length;
}

function lengthOfLetter(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}
