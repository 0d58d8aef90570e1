import { DueHeap } from './due-heap.ts';

/** What waits, and where it goes; without a place it shares with nobody. */
export type Placed = { readonly place?: string | undefined };

/** A place may have all of the room but this, once anything that goes elsewhere has been seen. */
const KEPT_FREE = 0.2;

/**
 * Those who wait for a place, in order of their due instants, but so that one place cannot have all of the room: a target that has ceased to
 * answer holds each of its checks until the deadline, and checks of other targets must not wait for them.
 */
export class FairQueue<Item extends Placed> {
  readonly #waiting = new Map<string, DueHeap<Item>>();
  readonly #inside = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #isWaiting: (item: Item) => boolean;

  constructor(isWaiting: (item: Item) => boolean) {
    this.#isWaiting = isWaiting;
  }

  add(dueAt: number, item: Item): void {
    const place = placeOf(item);
    // More than two tell nothing more.
    if (this.#seen.size < 2) this.#seen.add(place);
    const heap = this.#waiting.get(place) ?? new DueHeap<Item>();
    heap.add(dueAt, item);
    this.#waiting.set(place, heap);
  }

  /** Takes the earliest whose place is not full, given how much room there is in all. */
  take(width: number): Item | undefined {
    const most = this.#seen.size < 2 ? width : Math.max(1, Math.ceil(width * (1 - KEPT_FREE)));
    let best: { readonly place: string; readonly heap: DueHeap<Item>; readonly dueAt: number } | undefined;
    for (const [place, heap] of this.#waiting) {
      const dueAt = this.#firstDue(place, heap);
      if (dueAt === undefined || (place !== NOWHERE && (this.#inside.get(place) ?? 0) >= most)) continue;
      if (best === undefined || dueAt < best.dueAt) best = { place, heap, dueAt };
    }
    const item = best?.heap.take();
    if (best === undefined || item === undefined) return undefined;
    this.#inside.set(best.place, (this.#inside.get(best.place) ?? 0) + 1);
    return item;
  }

  leave(item: Item): void {
    const place = placeOf(item);
    const left = (this.#inside.get(place) ?? 1) - 1;
    if (left > 0) this.#inside.set(place, left);
    else this.#inside.delete(place);
  }

  /** When the first of a place is due that still waits; a place where nobody waits is forgotten. */
  #firstDue(place: string, heap: DueHeap<Item>): number | undefined {
    while (heap.first !== undefined && !this.#isWaiting(heap.first.item)) heap.take();
    if (heap.first === undefined) this.#waiting.delete(place);
    return heap.first?.dueAt;
  }
}

const NOWHERE = '';

function placeOf({ place }: Placed): string {
  return place ?? NOWHERE;
}
