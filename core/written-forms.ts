import { encode } from './charsets.ts';

/**
 * Patterns for text as it stands in the outputs of programs. Programs differ in which signs they encode and nest one encoding in another,
 * so the pattern allows each sign to be written in any way by itself, instead of listing what whole programs write.
 */

/** Whether the pattern is for text or for the bytes of UTF-8 read as Latin-1. */
type Alphabet = (text: string) => string;
export const AS_TEXT: Alphabet = (text) => text;
export const AS_BYTES: Alphabet = (text) => Buffer.from(text, 'utf8').toString('latin1');

/** Encoded again and again up to this often; bounds keep the pattern linear on hostile text. */
const PERCENT = '%(?:25){0,3}';
const BACKSLASH = String.raw`(?:\\|${PERCENT}5[Cc])`;
const SOME_BACKSLASHES = `${BACKSLASH}{1,8}`;
const PERHAPS_BACKSLASHES = `${BACKSLASH}{0,7}`;
const AND = '&(?:amp;|#38;|#[xX]26;){0,3}';
const NAMED: Readonly<Record<string, string>> = { '"': 'quot', "'": 'apos', '<': 'lt', '>': 'gt' };
const LETTERS: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

/** Sign by sign, as it stands in URLs, forms, JSON, HTML and what nests them. */
export function writtenText(text: string, alphabet: Alphabet): readonly string[] {
  return [...text.replaceAll('\r\n', '\n')].map((sign) => writtenSign(sign, alphabet));
}

/** Base64, as it is or for URLs, alone or inside something else. */
export function writtenBase64(text: string): readonly string[] {
  return [...text].map((sign) => {
    if (sign === '+') return `(?:${writtenSign('+', AS_TEXT)}|-)`;
    return sign === '/' ? `(?:${writtenSign('/', AS_TEXT)}|_)` : sign;
  });
}

/**
 * The longest run of signs that nothing encodes: where it is missing, the text is not in any form. Of text in UTF-16, whose
 * letters have a zero byte between them, one run for each way to write that byte.
 */
export function anchorsOf(text: string, alphabet: Alphabet): readonly string[] {
  const [plain, spaced] = [longest(text, /[A-Za-z0-9]+/g), longest(text, /(?:[A-Za-z0-9]\0)+/g)];
  if (spaced.length > 2 * plain.length) return ZEROS.map((zero) => spaced.replaceAll('\0', zero));
  // A run as short as this is in every text; a sign beyond ASCII is rarer, but may be encoded.
  const [sign] = plain.length < 2 ? (text.match(/[^\0-\x7f]/u) ?? []) : [];
  if (sign === undefined) return [plain];
  return [alphabet(sign), ...singleBytes(sign).map((byte) => String.fromCharCode(byte)), '%', '\\', '&'];
}

const ZEROS = ['\0', '%00', String.raw`\u0000`];

function longest(text: string, pattern: RegExp): string {
  return (text.match(pattern) ?? []).reduce((best, run) => (run.length > best.length ? run : best), '');
}

function writtenSign(sign: string, alphabet: Alphabet): string {
  if (/^[A-Za-z0-9]$/.test(sign)) return sign;
  const { codePoint, units, bytes } = numbersOf(sign);
  const single = singleBytes(sign);
  const ways = [
    ...literals(sign, alphabet),
    ...(alphabet === AS_BYTES ? single.map((byte) => escaped(String.fromCharCode(byte))) : []),
    bytes.map((byte) => PERCENT + hex(byte, 2)).join(''),
    ...single.map((byte) => PERCENT + hex(byte, 2)),
    units.map((unit) => `${SOME_BACKSLASHES}u${hex(unit, 4)}`).join(''),
    ...single.map((byte) => `${SOME_BACKSLASHES}x${hex(byte, 2)}`),
    `${AND}#(?:0{0,4}${codePoint}|[xX]0{0,4}${hex(codePoint, 0)});`,
    // `&eacute;`: of the two thousand names any will do, because the signs around it are those of the secret.
    ...(codePoint > 0x7f ? [`${AND}[A-Za-z]{2,8}[0-9]{0,2};`] : []),
  ];
  const whole = `${/["'/]/.test(sign) ? PERHAPS_BACKSLASHES : ''}(?:${ways.join('|')})`;
  // A line may end in two signs.
  return sign === '\n' ? `(?:${writtenSign('\r', alphabet)})?${whole}` : whole;
}

function literals(sign: string, alphabet: Alphabet): readonly string[] {
  const literal = escaped(alphabet(sign));
  // Where a text is made fit for one line, they become spaces.
  const letter = LETTERS[sign];
  const named = NAMED[sign];
  if (letter !== undefined) return [literal, ' ', SOME_BACKSLASHES + letter];
  switch (sign) {
    case ' ':
      return [literal, '\\+', `${PERCENT}2[Bb]`];
    case '\\':
      return [SOME_BACKSLASHES];
    case '&':
      return [AND];
    default:
      return named === undefined ? [literal] : [literal, `${AND}${named};`];
  }
}

function numbersOf(sign: string) {
  return {
    codePoint: sign.codePointAt(0) ?? 0,
    units: Array.from({ length: sign.length }, (_, index) => sign.charCodeAt(index)),
    bytes: [...Buffer.from(sign, 'utf8')],
  };
}

/** The byte that stands for the sign in Latin-1 and in windows-1252; none for most. */
function singleBytes(sign: string): readonly number[] {
  const bytes = [encode(sign, 'latin1'), encode(sign, 'windows-1252')];
  return [...new Set(bytes.flatMap((found) => (found?.length === 1 ? [...found] : [])))];
}

/** Digits in either case. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
