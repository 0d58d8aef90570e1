/** Items ordered by an instant, those of one instant in the order they came. Adding and taking cost O(log n). */
export class DueHeap<Item> {
  readonly #entries: Entry<Item>[] = [];
  #added = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** The earliest entry, left where it is. */
  get first(): Entry<Item> | undefined {
    return this.#entries[0];
  }

  add(dueAt: number, item: Item): void {
    this.#added += 1;
    this.#entries.push({ dueAt, item, order: this.#added });
    this.#rise(this.#entries.length - 1);
  }

  take(): Item | undefined {
    const [first] = this.#entries;
    const last = this.#entries.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#entries.length > 0) this.#sink(last);
    return first.item;
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(entry: Entry<Item>): void {
    this.#entries[0] = entry;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const least = isBefore(this.#entries[right], this.#entries[left]) ? right : left;
      if (!this.#swapIfBefore(least, index)) return;
      index = least;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const [below, above] = [this.#entries[lower], this.#entries[upper]];
    if (!below || !above || !isBefore(below, above)) return false;
    this.#entries[lower] = above;
    this.#entries[upper] = below;
    return true;
  }
}

export type Entry<Item> = { readonly dueAt: number; readonly item: Item; readonly order: number };

/** Whether `a` comes before `b`; what is missing comes last. */
function isBefore(a: Entry<unknown> | undefined, b: Entry<unknown> | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}
