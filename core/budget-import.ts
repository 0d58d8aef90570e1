import type { Limit } from './budget.ts';
import { type BudgetDraft, writeLimit } from './budget-draft.ts';

/** Something of a file of another tool, as it stands there, and a sentence about it. */
export type Said = { readonly from: string; readonly why: string };

/** What became of the limits in a file of another tool: nothing is dropped in silence. */
export type Imported = {
  readonly drafts: readonly BudgetDraft[];
  /** Taken, but meaning something else than there. */
  readonly notes: readonly Said[];
  /** Not taken. */
  readonly left: readonly Said[];
};

export const NOTHING_IMPORTED: Imported = { drafts: [], notes: [], left: [] };

/** Joins what was imported. A budget is there once: of two limits of one level the stricter counts, as both would have had to be kept. */
export function joinImported(all: readonly Imported[]): Imported {
  const merged = new Map<string, BudgetDraft>();
  const notes = all.flatMap((one) => one.notes);
  const left = all.flatMap((one) => one.left);
  for (const draft of all.flatMap(({ drafts }) => drafts)) {
    const key = keyOf(draft);
    const other = merged.get(key);
    const both = other === undefined ? { draft } : together(other, draft);
    merged.set(key, both.draft);
    if (both.said === undefined) continue;
    (both.isLeft === true ? left : notes).push(both.said);
  }
  return { drafts: [...merged.values()], notes, left };
}

function keyOf({ measure, on = {}, aggregate }: BudgetDraft): string {
  return JSON.stringify([measure, Object.entries(on).toSorted(([a], [b]) => (a < b ? -1 : 1)), aggregate]);
}

type Together = { readonly draft: BudgetDraft; readonly said?: Said; readonly isLeft?: boolean };

function together(one: BudgetDraft, other: BudgetDraft): Together {
  for (const level of ['warn', 'fail'] as const) {
    const [kept, added] = [one[level], other[level]];
    if (added === undefined) continue;
    const from = `${other.measure} ${writeLimit(added)}`;
    if (kept === undefined) return { draft: { ...one, [level]: added } };
    if (isCeiling(kept) !== isCeiling(added))
      return {
        draft: one,
        isLeft: true,
        said: { from, why: `a budget has one limit of a level; ${writeLimit(kept)} was there first` },
      };
    const isStricter = isCeiling(kept) ? added.value < kept.value : added.value > kept.value;
    return {
      draft: isStricter ? { ...one, [level]: added } : one,
      said: { from, why: `limited twice, the other limit is ${writeLimit(kept)}: the stricter is taken` },
    };
  }
  return { draft: one };
}

function isCeiling({ comparison }: Limit): boolean {
  return comparison.startsWith('<');
}
