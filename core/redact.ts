import { AS_BYTES, AS_TEXT, anchorOf, writtenBase64, writtenText } from './written-forms.ts';

/** Finds known values in text and bytes, in every form in which they usually leak, and replaces them by `[secret NAME]`. */
export type Redactor = {
  scrub(text: string): string;
  scrubBytes(bytes: Uint8Array): Uint8Array;
};

/** Shorter values would turn ordinary text into `[secret …]`. */
const SHORTEST_VALUE = 4;
/** A line of a key or certificate says enough to be a secret by itself; a shorter one may be any word. */
const SHORTEST_LINE = 12;

/** `known` are names with their values; a name may come several times. Building costs time by the number of values; scrubbing without values costs nothing. */
export function makeRedactor(known: Iterable<readonly [name: string, value: string]>): Redactor {
  const parts = [...known].flatMap(([name, value]) => partsOf(value).map((text) => ({ name, text })));
  // Longest first, so that a value that begins with another is replaced whole.
  parts.sort((a, b) => b.text.length - a.text.length);
  if (parts.length === 0) return { scrub: (text) => text, scrubBytes: (bytes) => bytes };
  const replaceText = replacer(parts, AS_TEXT);
  const replaceBytes = replacer(parts, AS_BYTES);
  return {
    scrub: replaceText,
    scrubBytes: (bytes) => {
      const binary = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      const scrubbed = replaceBytes(binary);
      return scrubbed === binary ? bytes : Buffer.from(scrubbed, 'latin1');
    },
  };
}

type Part = { readonly name: string; readonly text: string };

function replacer(parts: readonly Part[], alphabet: typeof AS_TEXT): (text: string) => string {
  const patterns = parts.map(({ name, text }) => {
    const base64 = base64Forms(text);
    const source = [writtenText(text, alphabet), ...base64.map(writtenBase64), ...hexForms(text)].join('|');
    return {
      name,
      source,
      whole: new RegExp(`^(?:${source})$`),
      anchors: [text, ...base64, ...hexForms(text)].map(anchorOf),
    };
  });
  const any = new RegExp(patterns.map(({ source }) => source).join('|'), 'g');
  const anchors = [...new Set(patterns.flatMap((pattern) => pattern.anchors))];
  const nameOf = (found: string): string => patterns.find(({ whole }) => whole.test(found))?.name ?? '?';
  // Nearly every text holds nothing, which a plain search tells many times faster than the pattern.
  return (text) =>
    anchors.some((anchor) => text.includes(anchor)) ? text.replace(any, (found) => `[secret ${nameOf(found)}]`) : text;
}

/** The value, and the lines of one that has several. */
function partsOf(value: string): readonly string[] {
  const whole = value.toWellFormed();
  const lines = whole.split(/\r?\n/);
  const long = lines.length === 1 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !/^-----/.test(line));
  return [...new Set([whole, ...long])].filter((part) => part.length >= SHORTEST_VALUE);
}

function hexForms(value: string): readonly string[] {
  const hex = Buffer.from(value, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
}

/** What of the base64 text is the same wherever the value stands: the characters that depend on its neighbours are cut off. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < 6) return [bytes.toString('base64').replace(/=+$/, '')];
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const dependsOnNext = (bytes.length + shift) % 3 === 0 ? 0 : 1;
    return encoded.slice(Math.ceil((shift * 8) / 6), encoded.length - dependsOnNext);
  });
}
