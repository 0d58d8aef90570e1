import { type Latin1, Packer, Unpacker } from './pack-numbers.ts';

/**
 * A document split in what repeats from run to run (`skeleton`: JSON with a mark in place of each number) and what
 * does not (`values`). A skeleton is stored once, so a light run that passed takes about a hundred bytes instead of two thousand.
 * Joining gives back exactly what was split, whichever way it was split.
 */
export type Split = { readonly skeleton: string; readonly values: Latin1 };

/** `tight`: only numbers are values. `loose`: also texts that come from the target, for checks whose texts differ in every run. */
export type Splitting = 'tight' | 'loose';

// Raw control characters never occur in JSON text, so these two cannot be confused with content.
const NUMBER = '\u0001';
const TEXT = '\u0002';
const MARKS = new RegExp(`[${NUMBER}${TEXT}]`, 'g');
/** JSON has no NaN; while a document that holds one is read it stands as this text, looked for only then. */
const NAN_TEXT = '\u0000NaN';

/** Keys whose texts are written by the target or measured, and a key all of whose members are. */
const FREE_TEXT: ReadonlySet<string> = new Set(['actual', 'detail', 'message']);
const FREE_RECORD = 'facts';

export class Splitter {
  readonly #packer = new Packer(0);
  readonly #quoted = new Map<string, string>();
  #loose = false;

  /** `base` is an instant near to those in the document, and must be given again to join. */
  split(document: unknown, how: Splitting, base: number): Split {
    this.#packer.reset(base);
    this.#loose = how === 'loose';
    const skeleton = this.#value(document, false);
    return { skeleton, values: this.#packer.take() };
  }

  #value(value: unknown, free: boolean): string {
    switch (typeof value) {
      case 'number':
        this.#packer.number(value);
        return NUMBER;
      case 'string':
        if (!free) return this.#quote(value);
        this.#packer.text(JSON.stringify(value));
        return TEXT;
      case 'boolean':
        return value ? 'true' : 'false';
      case 'object':
        if (value === null) return 'null';
        return Array.isArray(value) ? this.#list(value) : this.#record(value, free);
      case 'bigint':
      case 'function':
      case 'symbol':
      case 'undefined':
        throw new TypeError(`A record cannot hold a ${typeof value}`);
    }
  }

  #list(list: readonly unknown[]): string {
    let text = '[';
    for (let index = 0; index < list.length; index += 1) {
      text += index === 0 ? this.#value(list[index], false) : `,${this.#value(list[index], false)}`;
    }
    return `${text}]`;
  }

  #record(record: object, allFree: boolean): string {
    let text = '{';
    for (const [key, value] of Object.entries(record)) {
      // As in JSON: a property that is undefined is a property that is absent.
      if (value === undefined) continue;
      const free = this.#loose && (allFree || FREE_TEXT.has(key) || (key === FREE_RECORD && typeof value === 'object'));
      text += `${text === '{' ? '' : ','}${this.#quote(key)}:${this.#value(value, free)}`;
    }
    return `${text}}`;
  }

  /** Keys and constant texts come again and again; quoting them is most of the work of writing JSON. */
  #quote(text: string): string {
    const known = this.#quoted.get(text);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(text);
    if (text.length <= 64) {
      if (this.#quoted.size >= 4_096) this.#quoted.clear();
      this.#quoted.set(text, quoted);
    }
    return quoted;
  }
}

/** Puts a split document together again. Throws a RangeError or SyntaxError when either part is damaged. */
export function joinDocument(skeleton: string, values: Buffer, base: number): unknown {
  const unpacker = new Unpacker(values, base);
  let holdsNan = false;
  const text = skeleton.replace(MARKS, (mark) => {
    if (mark === TEXT) return unpacker.text();
    const value = unpacker.number();
    if (Number.isNaN(value)) holdsNan = true;
    return numberText(value);
  });
  return holdsNan
    ? JSON.parse(text, (_, value: unknown) => (value === NAN_TEXT ? Number.NaN : value))
    : JSON.parse(text);
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isNaN(value)) return JSON.stringify(NAN_TEXT);
  // JSON.parse reads a number beyond the range of doubles as infinity.
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return String(value);
}
