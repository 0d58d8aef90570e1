import { type Built, JsonBuilder } from './json-builder.ts';
import type { JsonDocument, Value } from './json-document.ts';
import { countNames, forEachToken } from './json-tokens.ts';

export type ReadJson = {
  /** As nearly every reader takes it: of a name that comes twice in one object, the last. */
  readonly last: JsonDocument;
  /** Where a name comes twice: the names, and the document with the first of each. */
  readonly twice?: { readonly names: readonly string[]; readonly first: JsonDocument };
};

const NOTHING: Pick<JsonDocument, 'written' | 'rounded'> = { written: new Map(), rounded: new Set() };
/** Up to 15 digits are kept, and so is an exponent of two. What a quote follows is a text, mostly; one that is taken for a number costs a closer look. */
const LONG_NUMBER = /(?<![\d.])\d[\d.]{15,}(?![\d."])|\d[eE][-+]?\d{3,}(?=[\s,\]}]|$)/;

/** Reads JSON; throws as `JSON.parse` does when it is none. Looks closely only where something may get lost. */
export function readJson(text: string): ReadJson {
  const value: Value = JSON.parse(text);
  const hasTwice = countNames(text) !== countKeys(value);
  if (!hasTwice && !LONG_NUMBER.test(text)) return { last: { root: { '': value }, ...NOTHING } };
  const { document: last, names } = build(text, 'last');
  return names.size === 0 ? { last } : { last, twice: { names: [...names], first: build(text, 'first').document } };
}

function build(text: string, keeps: 'first' | 'last'): Built {
  const builder = new JsonBuilder(keeps);
  forEachToken(text, (token) => builder.take(token));
  return builder.built();
}

function countKeys(value: Value): number {
  let keys = 0;
  const open: object[] = [];
  const look = (one: unknown): void => {
    if (typeof one === 'object' && one !== null) open.push(one);
  };
  look(value);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (Array.isArray(one)) one.forEach(look);
    else
      for (const member of Object.values(one)) {
        keys += 1;
        look(member);
      }
  }
  return keys;
}
