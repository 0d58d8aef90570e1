/** Merges as Lighthouse CI does for `extends` and presets: objects by key, lists by position, everything else is replaced. */
export function mergeDeep(base: unknown, over: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return mergeLists(base, over);
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: [string, unknown][] = Object.entries(base).map(([key, value]) => [
    key,
    Object.hasOwn(over, key) ? mergeDeep(value, over[key]) : value,
  ]);
  const added = Object.entries(over).filter(([key]) => !Object.hasOwn(base, key));
  return Object.fromEntries([...merged, ...added]);
}

function mergeLists(base: readonly unknown[], over: readonly unknown[]): readonly unknown[] {
  const longer = base.length > over.length ? base : over;
  return longer.map((_, index) => (index < over.length ? mergeDeep(base[index], over[index]) : base[index]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
