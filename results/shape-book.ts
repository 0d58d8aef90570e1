import type { Split, Splitter, Splitting } from './document.ts';

export type Shaped = Split & { readonly shared: boolean };

/** Documents longer than this are rare (journeys, audits, load) and are compressed whole. */
const LARGEST_SHARED = 16_384;
/** So many skeletons a check may share before its texts are taken out of them, and then again before it shares none. */
const MOST_PER_CHECK = 32;

type Page = { how: Splitting | 'own'; known: number };

/**
 * Decides how the runs of each check are split, so that skeletons stay few: a check whose texts differ in every run must not fill
 * the dictionary. Forgets on restart, which costs at most another `MOST_PER_CHECK` skeletons a check.
 */
export class ShapeBook {
  readonly #splitter: Splitter;
  readonly #pages = new Map<string, Page>();
  /** By skeleton, the checks whose runs had it: checks alike have the same one, and it is kept once. */
  readonly #users = new Map<string, Set<string>>();

  constructor(splitter: Splitter) {
    this.#splitter = splitter;
  }

  shape(check: string, document: unknown, base: number): Shaped {
    const page = this.#page(check);
    const how = page.how === 'own' ? 'tight' : page.how;
    const split = this.#splitter.split(document, how, base);
    if (page.how === 'own' || split.skeleton.length > LARGEST_SHARED) return { ...split, shared: false };
    const users = this.#users.get(split.skeleton);
    if (users?.has(check)) return { ...split, shared: true };
    if (page.known < MOST_PER_CHECK) {
      page.known += 1;
      if (users === undefined) this.#users.set(split.skeleton, new Set([check]));
      else users.add(check);
      return { ...split, shared: true };
    }
    this.#forget(check);
    page.known = 0;
    page.how = how === 'tight' ? 'loose' : 'own';
    return this.shape(check, document, base);
  }

  #page(check: string): Page {
    const page = this.#pages.get(check);
    if (page !== undefined) return page;
    const fresh: Page = { how: 'tight', known: 0 };
    this.#pages.set(check, fresh);
    return fresh;
  }

  /** Twice at most in the life of a check, so it may look at all of them. */
  #forget(check: string): void {
    for (const [skeleton, users] of this.#users) {
      if (users.delete(check) && users.size === 0) this.#users.delete(skeleton);
    }
  }
}
