import type { GateResult } from '../../core/gate/result.ts';
import { printable } from '../printable.ts';

/**
 * A result whose texts, all of them, can be shown on one line: names, reasons and facts come from targets. Every report but the document for
 * machines begins with this, so that none can forget a field.
 */
export function cleanTexts(result: GateResult): GateResult {
  return clean(result);
}

function clean<T>(value: T): T {
  // Same shape out as in: only texts are replaced by texts. The compiler cannot follow that through `Object.entries`.
  return cleanAny(value) as T;
}

function cleanAny(value: unknown): unknown {
  if (typeof value === 'string') return printable(value).toWellFormed();
  if (Array.isArray(value)) return value.map(cleanAny);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [printable(key).toWellFormed(), cleanAny(inner)]),
  );
}
