import type { JSONPathNode } from 'json-p3';

export type Value = JSONPathNode['value'];

/** A JSON body, and what of it JavaScript does not keep. */
export type JsonDocument = {
  /** Holds the value under the empty name, so that every value has a holder. */
  readonly root: { readonly '': Value };
  /** By holder and name how a number is written that JavaScript rounds. Mostly empty. */
  readonly written: ReadonlyMap<object, ReadonlyMap<string, string>>;
  /** What those were rounded to. */
  readonly rounded: ReadonlySet<number>;
};

/** How the number at a place is written when JavaScript does not keep it. */
export function writtenAt({ root, written }: JsonDocument, { location }: JSONPathNode): string | undefined {
  if (written.size === 0) return undefined;
  let holder: Value = root;
  let name = '';
  for (const step of location) {
    holder = memberOf(holder, name);
    name = String(step);
  }
  return typeof holder === 'object' && holder !== null ? written.get(holder)?.get(name) : undefined;
}

/** Whether JavaScript rounds two numbers that are written differently to the same one. */
export function hasTwins({ root, written, rounded }: JsonDocument): boolean {
  const seen = new Map<number, string>();
  const open: object[] = rounded.size === 0 ? [] : [root];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop())
    for (const [name, value] of Object.entries(holder)) {
      if (typeof value === 'object' && value !== null) open.push(value);
      if (typeof value !== 'number' || !rounded.has(value)) continue;
      const text = written.get(holder)?.get(name) ?? String(value);
      if ((seen.get(value) ?? text) !== text) return true;
      seen.set(value, text);
    }
  return false;
}

export function memberOf(holder: Value | undefined, name: string): Value {
  if (typeof holder !== 'object' || holder === null) return null;
  return Object.getOwnPropertyDescriptor(holder, name)?.value ?? null;
}
