import { CUT_MARK } from './cut.ts';
import type { Form } from './secret-forms.ts';
import type { AS_TEXT } from './written-forms.ts';

/** What is left of a secret, to be replaced by its name. */
type Piece = { readonly from: number; readonly to: number; readonly name: string };
type NamedForm = Form & { readonly name: string };
/** A text, or what of it stands between two marks. */
type Stretch = { readonly text: string; readonly from: number; readonly to: number };

/** Longer than any sign that is encoded, and that again. */
const LONGEST_SIGN = 24;
/** What a cut may leave of an encoded sign, or of one of several bytes. */
const HALF_SIGN_AT_END = /^(?:[%\\&][%\\&#;0-9A-Za-z]*|[\ufffd\x80-\xff]{1,3})?$/;
const HALF_SIGN_AT_START = /(?:[;#%u0-9A-Fa-f]{1,9}|[\ufffd\x80-\xff]{1,3})?/y;
/** `"... a text"...`: programs quote what they have cut. */
const QUOTES_AT_START = /["'`\s]{0,3}/y;
const QUOTES_AT_END = /["'`\s]{0,3}$/;

/**
 * Removes what a cut has left of secrets: a beginning before a mark, an end after one, a middle between two. Whoever cuts a text
 * that may hold secrets leaves a mark (`cut.ts`), and so do the tools: `…` or `...`. Whole secrets are to be gone already.
 */
export function makePieceRemover(forms: readonly NamedForm[], alphabet: typeof AS_TEXT): (text: string) => string {
  // The last is what Playwright puts for the middle of a long title when it makes a folder's name of it.
  const mark = new RegExp(
    `${alphabet(CUT_MARK)}|\\.{3}|\\\\u2026|&hellip;|&#8230;|&#x2026;|%E2%80%A6|-[0-9a-f]{5}-`,
    'gi',
  );
  let find: PieceFinder | undefined;
  return (text) => {
    const marks = [...text.matchAll(mark)];
    if (marks.length === 0) return text;
    // Made at the first mark: most redactors never meet one.
    find ??= new PieceFinder(forms, alphabet);
    const pieces: Piece[] = [];
    for (let index = 0; index <= marks.length; index += 1) {
      const [before, after] = [marks[index - 1], marks[index]];
      const from = before === undefined ? 0 : before.index + before[0].length;
      const stretch = { text, from, to: after?.index ?? text.length };
      pieces.push(...find.pieces(stretch, { isCutAtStart: before !== undefined, isCutAtEnd: after !== undefined }));
    }
    return withoutPieces(text, pieces);
  };
}

class PieceFinder {
  readonly #forms: readonly NamedForm[];
  readonly #alphabet: typeof AS_TEXT;
  readonly #beginnings: RegExp;
  readonly #ends: RegExp;
  readonly #reach: number;

  constructor(forms: readonly NamedForm[], alphabet: typeof AS_TEXT) {
    this.#forms = forms;
    this.#alphabet = alphabet;
    this.#beginnings = anyOf(forms.map((form) => form.signs().slice(0, form.leastPiece)));
    this.#ends = anyOf(forms.map((form) => form.signs().slice(-form.leastPiece)));
    this.#reach = LONGEST_SIGN * forms.reduce((most, form) => Math.max(most, form.signs().length), 0);
  }

  pieces(whole: Stretch, how: { readonly isCutAtStart: boolean; readonly isCutAtEnd: boolean }): readonly Piece[] {
    const stretch = withoutQuotes(whole, how);
    const middle = how.isCutAtStart && how.isCutAtEnd ? this.#middle(stretch) : undefined;
    if (middle !== undefined) return [middle];
    const end = how.isCutAtStart ? this.#end(stretch) : undefined;
    const beginning = how.isCutAtEnd ? this.#beginning({ ...stretch, from: end?.to ?? stretch.from }) : undefined;
    return [end, beginning].filter((piece) => piece !== undefined);
  }

  #middle({ text, from, to }: Stretch): Piece | undefined {
    const between = text.slice(from, to);
    const form = this.#forms.find(
      (one) => between.length >= one.leastPiece && this.#alphabet(one.text).includes(between),
    );
    return form === undefined ? undefined : { from, to, name: form.name };
  }

  #beginning({ text, from, to }: Stretch): Piece | undefined {
    for (const { index: at } of eachMatch(this.#beginnings, text, Math.max(from, to - this.#reach), to)) {
      const form = this.#forms.find((one) => beginsWithin(one, { text, from: at, to }));
      if (form !== undefined) return { from: at, to, name: form.name };
    }
    return undefined;
  }

  #end({ text, from, to }: Stretch): Piece | undefined {
    const half = matchAt(HALF_SIGN_AT_START, text, from);
    for (const { index, length } of eachMatch(this.#ends, text, from, Math.min(to, from + this.#reach))) {
      const stretch = { text, from, to: index + length };
      const form = this.#forms.find((one) => endsWithin(one, stretch, half));
      if (form !== undefined) return { from, to: stretch.to, name: form.name };
    }
    return undefined;
  }
}

/** Whether the stretch is a beginning of the value, perhaps with a piece of the next sign. */
function beginsWithin(form: Form, stretch: Stretch): boolean {
  return readSigns(form.signs(), stretch, 0).some(({ at, sign }) => {
    if (sign < form.leastPiece || stretch.to - at > LONGEST_SIGN) return false;
    // A `%` may be read as a sign of its own, or as the beginning of `%25`.
    const isHalf = (from: number): boolean => HALF_SIGN_AT_END.test(stretch.text.slice(from, stretch.to));
    return isHalf(at) || ('%&\\'.includes(stretch.text[at - 1] ?? ' ') && isHalf(at - 1));
  });
}

/** Whether the stretch is an end of the value, perhaps after the rest of a sign. */
function endsWithin(form: Form, { text, from, to }: Stretch, half: number): boolean {
  const signs = form.signs();
  for (let first = signs.length - form.leastPiece; first > 0; first -= 1)
    for (let skipped = 0; skipped <= half; skipped += 1) {
      const ends = readSigns(signs, { text, from: from + skipped, to }, first);
      if (ends.some(({ at, sign }) => sign === signs.length && at === to)) return true;
    }
  return false;
}

/** Reads sign after sign from the beginning of the stretch, as far as they are those of the value: where each way to read them ends. */
function readSigns(signs: readonly string[], { text, from, to }: Stretch, first: number) {
  const ends: { readonly at: number; readonly sign: number }[] = [];
  let places = [from];
  for (let sign = first; places.length > 0; sign += 1) {
    const source = sign < signs.length ? signs[sign] : undefined;
    const next = new Set<number>();
    for (const at of places) {
      const lengths = source === undefined ? [] : lengthsOf(source, text, at).filter((length) => at + length <= to);
      if (lengths.length === 0) ends.push({ at, sign });
      for (const length of lengths) next.add(at + length);
    }
    places = [...next];
  }
  return ends;
}

/** How long the sign may be that stands there. `&amp;` may be one, or the first of five. */
function lengthsOf(source: string, text: string, at: number): readonly number[] {
  if (source.length === 1) return text[at] === source ? ONE : NONE;
  const likely = matchAt(patternOf(source), text, at);
  if (likely === 0) return NONE;
  if (!'%&\\'.includes(text[at] ?? '')) return [likely];
  const whole = patternOf(`(?:${source})$`);
  return Array.from({ length: LONGEST_SIGN }, (_, index) => index + 1).filter(
    (length) => length === likely || matchAt(whole, text.slice(at, at + length), 0) === length,
  );
}

const ONE: readonly number[] = [1];
const NONE: readonly number[] = [];

const patterns = new Map<string, RegExp>();

/** Kept because a value has the same few signs again and again. */
function patternOf(source: string): RegExp {
  const kept = patterns.get(source) ?? new RegExp(source, 'y');
  patterns.set(source, kept);
  return kept;
}

function matchAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0].length ?? 0;
}

/** Also those that overlap. */
function* eachMatch(pattern: RegExp, text: string, from: number, to: number) {
  const part = text.slice(from, to);
  pattern.lastIndex = 0;
  for (let found = pattern.exec(part); found !== null; found = pattern.exec(part)) {
    yield { index: from + found.index, length: found[0].length };
    pattern.lastIndex = found.index + 1;
  }
}

function anyOf(sources: readonly (readonly string[])[]): RegExp {
  return new RegExp([...new Set(sources.map((signs) => signs.join('')))].join('|'), 'g');
}

function withoutQuotes(
  { text, from, to }: Stretch,
  { isCutAtStart, isCutAtEnd }: { readonly isCutAtStart: boolean; readonly isCutAtEnd: boolean },
): Stretch {
  const begin = isCutAtStart ? Math.min(to, from + matchAt(QUOTES_AT_START, text, from)) : from;
  const tail = text.slice(Math.max(begin, to - 3), to);
  const end = isCutAtEnd ? to - (QUOTES_AT_END.exec(tail)?.[0].length ?? 0) : to;
  return { text, from: begin, to: end };
}

function withoutPieces(text: string, pieces: readonly Piece[]): string {
  if (pieces.length === 0) return text;
  const kept = pieces.map(({ from, name }, index) => `${text.slice(pieces[index - 1]?.to ?? 0, from)}[secret ${name}]`);
  return kept.join('') + text.slice(pieces.at(-1)?.to ?? 0);
}
