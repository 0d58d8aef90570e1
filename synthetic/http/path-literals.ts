/** Texts in a path; what looks like a number in them is none. */
const TEXTS = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const NUMBERS = /(?<![\w.\u0080-\uffff])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** The numbers that filters of a JSONPath compare with, as they are written. */
export function literalsOf(path: string): readonly string[] {
  return path.includes('?') ? (path.replace(TEXTS, "''").match(NUMBERS) ?? []) : [];
}
