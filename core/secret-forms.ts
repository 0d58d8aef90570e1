import { type Charset, decode, encode } from './charsets.ts';
import { type AS_TEXT, anchorsOf, writtenBase64, writtenText } from './written-forms.ts';

/** One way in which a value may stand in text. */
export type Form = {
  /** The value in this way, where nothing encodes its signs further. */
  readonly text: string;
  /** A text without any of these does not hold the form. */
  readonly anchors: readonly string[];
  /** What a cut leaves of it counts from this many signs on. */
  readonly leastPiece: number;
  /** A pattern for each sign, made when it is first asked for. */
  signs(): readonly string[];
};

const CHARSETS = ['utf8', 'latin1', 'windows-1252', 'utf16le', 'utf16be'] as const satisfies readonly Charset[];
/** Three characters tell next to nothing of a value, and removing them would spoil words that begin as it does. */
const LEAST_PIECE = 4;
/** As much of the value as four characters of it. */
const LEAST_BASE64 = 6;
const LEAST_HEX = 8;
const READ_AS = ['utf8', 'latin1', 'windows-1252'] as const;

/** Every way in which programs write a value: its bytes in each charset, read as each, and those bytes in Base64 and hexadecimal. */
export function formsOf(value: string, alphabet: typeof AS_TEXT): readonly Form[] {
  const texts = new Set<string>();
  const packed = new Map<string, Form>();
  const add = (form: Form): void => void packed.set(form.text, form);
  for (const spelling of spellingsOf(value)) {
    for (const charset of CHARSETS) {
      const bytes = encode(spelling, charset);
      if (bytes === undefined) continue;
      for (const charset of READ_AS) texts.add(withoutZeroEnds(decode(bytes, charset)));
      for (const text of base64Forms(withoutZeroBytes(bytes)))
        add({
          text,
          anchors: anchorsOf(text, alphabet),
          leastPiece: LEAST_BASE64,
          signs: once(() => writtenBase64(text)),
        });
      for (const text of hexForms(withoutZeroBytes(bytes)))
        add({ text, anchors: anchorsOf(text, alphabet), leastPiece: LEAST_HEX, signs: once(() => [...text]) });
    }
  }
  const written = [...texts].map(
    (text): Form => ({
      text,
      anchors: anchorsOf(text, alphabet),
      leastPiece: LEAST_PIECE,
      signs: once(() => writtenText(text, alphabet)),
    }),
  );
  return [...written, ...packed.values()];
}

/** Accents may be signs of their own or not, whatever the value has; in the name of a host they are neither. */
function spellingsOf(value: string): readonly string[] {
  if (/^[\0-\x7f]*$/.test(value)) return [value];
  return [...new Set([value, value.normalize('NFC'), value.normalize('NFD'), ...hostNames(value)])];
}

function hostNames(value: string): readonly string[] {
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(value)) return [];
  const url = URL.parse(`http://${value}/`);
  return url === null ? [] : [url.hostname];
}

/** UTF-16 in either order of bytes begins or ends with a zero, which the neighbours share. */
function withoutZeroEnds(text: string): string {
  return text.replace(/^\0|\0$/g, '');
}

function withoutZeroBytes(bytes: Buffer): Buffer {
  return bytes.subarray(bytes[0] === 0 ? 1 : 0, bytes.at(-1) === 0 ? -1 : undefined);
}

function hexForms(bytes: Buffer): readonly string[] {
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
}

/** What of the base64 text is the same wherever the value stands: the characters that depend on its neighbours are cut off. */
function base64Forms(bytes: Buffer): readonly string[] {
  if (bytes.length < 6) return [bytes.toString('base64').replace(/=+$/, '')];
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const dependsOnNext = (bytes.length + shift) % 3 === 0 ? 0 : 1;
    return encoded.slice(Math.ceil((shift * 8) / 6), encoded.length - dependsOnNext);
  });
}

/** Most forms are never met, and some again and again. */
export function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
