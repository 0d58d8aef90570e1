import { makePieceRemover } from './cut-secrets.ts';
import { type Form, formsOf, once } from './secret-forms.ts';
import { makeSieve } from './sieve.ts';
import { AS_BYTES, AS_TEXT } from './written-forms.ts';

/**
 * Finds known values in text and bytes, in every form in which they usually leak, and replaces them by `[secret NAME]`; beside a
 * mark that says that something was cut off, also what the cut has left of them.
 */
export type Redactor = {
  scrub(text: string): string;
  scrubBytes(bytes: Uint8Array): Uint8Array;
};

/** Shorter values would turn ordinary text into `[secret …]`. */
const SHORTEST_VALUE = 4;
/** A line of a key or certificate says enough to be a secret by itself; a shorter one may be any word. */
const SHORTEST_LINE = 12;
/** Most texts hold none or one of the secrets, and the same ones again and again. */
const MOST_PATTERNS = 64;

/** `known` are names with their values; a name may come several times. Building costs time by the number of values; scrubbing without values costs nothing. */
export function makeRedactor(known: Iterable<readonly [name: string, value: string]>): Redactor {
  const parts = [...known].flatMap(([name, value]) => partsOf(value).map((text) => ({ name, text })));
  // Longest first, so that a value that begins with another is replaced whole.
  parts.sort((a, b) => b.text.length - a.text.length);
  if (parts.length === 0) return { scrub: (text) => text, scrubBytes: (bytes) => bytes };
  const replaceText = once(() => replacer(parts, AS_TEXT));
  const replaceBytes = once(() => replacer(parts, AS_BYTES));
  return {
    scrub: (text) => replaceText()(text),
    scrubBytes: (bytes) => {
      const binary = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      const scrubbed = replaceBytes()(binary);
      return scrubbed === binary ? bytes : Buffer.from(scrubbed, 'latin1');
    },
  };
}

type Part = { readonly name: string; readonly text: string };
type NamedForm = Form & { readonly name: string };

function replacer(parts: readonly Part[], alphabet: typeof AS_TEXT): (text: string) => string {
  const forms = parts.flatMap(({ name, text }) => formsOf(text, alphabet).map((form) => ({ ...form, name })));
  const anchors = forms.flatMap((form) => form.anchors.map((anchor) => ({ anchor, form })));
  const sieve = makeSieve(anchors.map(({ anchor }) => anchor));
  const patterns = new Map<string, (text: string) => string>();
  const removePieces = makePieceRemover(forms, alphabet);
  // Nearly every text holds nothing, which the sieve tells many times faster than the patterns.
  return (text) => {
    const held = sieve(text);
    return removePieces(held.size === 0 ? text : patternFor(held)(text));
  };

  function patternFor(held: ReadonlySet<number>): (text: string) => string {
    const key = [...held].sort((a, b) => a - b).join();
    const kept = patterns.get(key);
    if (kept !== undefined) return kept;
    const chosen = new Set([...held].flatMap((index) => anchors[index]?.form ?? []));
    const replace = wholeValues(forms.filter((form) => chosen.has(form)));
    if (patterns.size >= MOST_PATTERNS) patterns.clear();
    patterns.set(key, replace);
    return replace;
  }
}

function wholeValues(forms: readonly NamedForm[]): (text: string) => string {
  const sources = forms.map(({ name, signs }) => ({ name, source: signs().join('') }));
  const any = new RegExp(anyOf(forms.map(({ signs }) => signs())), 'g');
  const nameOf = once(() => sources.map(({ name, source }) => ({ name, whole: new RegExp(`^(?:${source})$`) })));
  return (text) =>
    text.replace(any, (found) => `[secret ${nameOf().find(({ whole }) => whole.test(found))?.name ?? '?'}]`);
}

/** One pattern for many that begin alike: what they share is tried once, which bounds what hostile text costs. Earlier ones are preferred. */
function anyOf(all: readonly (readonly string[])[]): string {
  const groups = Map.groupBy(all, ([first = '']) => first);
  return [...groups.values()].map(startingAlike).join('|');
}

function startingAlike(all: readonly (readonly string[])[]): string {
  const [first = []] = all;
  if (all.length === 1 || first.length === 0) return first.join('');
  const differs = first.findIndex((sign, index) => all.some((signs) => signs[index] !== sign));
  const shared = differs === -1 ? first.length : differs;
  return `${first.slice(0, shared).join('')}(?:${anyOf(all.map((signs) => signs.slice(shared)))})`;
}

/** The value, and the lines of one that has several. */
function partsOf(value: string): readonly string[] {
  const whole = value.toWellFormed();
  const lines = whole.split(/\r?\n/);
  const long = lines.length === 1 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !/^-----/.test(line));
  return [...new Set([whole, ...long])].filter((part) => part.length >= SHORTEST_VALUE);
}
