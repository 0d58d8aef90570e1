import { cut } from '../../core/cut.ts';
/** Different values of one label of one check that are shown; further ones become `other`. */
export const MOST_NAMES = 100;
const LONGEST_NAME = 200;

/** Keeps label values that scripts and pages choose (steps, interactions, pages) from growing without end, however many runs there are. */
export type BoundedNames = {
  /** The name itself, shortened, or `other` once the check has used up its names. */
  of(check: string, label: string, name: string): string;
  forget(check: string): void;
};

export function openBoundedNames(onDropped: (check: string) => void): BoundedNames {
  const used = new Map<string, Map<string, Set<string>>>();
  return {
    of(check, label, name) {
      const labels = used.get(check) ?? new Map<string, Set<string>>();
      used.set(check, labels);
      const names = labels.get(label) ?? new Set<string>();
      labels.set(label, names);
      const short = cut(name, LONGEST_NAME);
      if (names.has(short)) return short;
      if (names.size >= MOST_NAMES) {
        onDropped(check);
        return 'other';
      }
      names.add(short);
      return short;
    },
    forget: (check) => void used.delete(check),
  };
}
