import { isKept } from './decimal.ts';
import type { JsonDocument, Value } from './json-document.ts';

type Container = Value[] | { [name: string]: Value };
/** An object or array that is being filled, and the name that waits for its value. */
type Frame = { readonly container: Container; name: string | undefined };
export type Built = {
  readonly document: JsonDocument;
  /** Names that come twice in one object. */
  readonly names: ReadonlySet<string>;
};

/**
 * Builds what `JSON.parse` has found to be JSON once more, from its tokens, and keeps what that leaves out: how numbers are written
 * that JavaScript rounds, and the first of the values under one name. Without recursion: bodies nest as they like.
 */
export class JsonBuilder {
  readonly #keeps: 'first' | 'last';
  readonly #root: { '': Value } = { '': null };
  readonly #frames: Frame[] = [{ container: this.#root, name: '' }];
  readonly #written = new Map<object, Map<string, string>>();
  readonly #rounded = new Set<number>();
  readonly #names = new Set<string>();

  constructor(keeps: 'first' | 'last') {
    this.#keeps = keeps;
  }

  take(token: string): void {
    const sign = token[0] ?? '';
    if (sign === '{') this.#open({});
    else if (sign === '[') this.#open([]);
    else if (sign === '}' || sign === ']') this.#frames.pop();
    else if (sign === '"') this.#takeText(textOf(token));
    else if (/[-\d]/.test(sign)) this.#put(Number(token), isKept(token) ? undefined : token);
    else this.#put(JSON.parse(token));
  }

  built(): Built {
    return { document: { root: this.#root, written: this.#written, rounded: this.#rounded }, names: this.#names };
  }

  #open(container: Container): void {
    this.#put(container);
    this.#frames.push({ container, name: undefined });
  }

  #takeText(text: string): void {
    const frame = this.#frames.at(-1);
    const isName = frame !== undefined && frame.name === undefined && !Array.isArray(frame.container);
    if (isName) frame.name = text;
    else this.#put(text);
  }

  #put(value: Value, source?: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { container } = frame;
    const name = Array.isArray(container) ? String(container.length) : (frame.name ?? '');
    frame.name = undefined;
    const isTwice = container !== this.#root && Object.hasOwn(container, name);
    if (isTwice) this.#names.add(name);
    if (isTwice && this.#keeps === 'first') return;
    set(container, name, value);
    this.#note(container, name, source);
  }

  #note(container: Container, name: string, source: string | undefined): void {
    const known = this.#written.get(container);
    known?.delete(name);
    if (source === undefined) return;
    this.#rounded.add(Number(source));
    if (known === undefined) this.#written.set(container, new Map([[name, source]]));
    else known.set(name, source);
  }
}

function set(container: Container, name: string, value: Value): void {
  if (Array.isArray(container)) container.push(value);
  else if (name !== '__proto__') container[name] = value;
  else Object.defineProperty(container, name, { value, writable: true, enumerable: true, configurable: true });
}

function textOf(token: string): string {
  return token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
}
