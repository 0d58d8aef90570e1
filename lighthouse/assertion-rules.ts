import type { Level } from '../core/budget.ts';
import type { Aggregation, Assertions } from './rc-sections.ts';

/** One key of `assertions`, ready to be evaluated. */
export type AssertionRule = {
  /** As written, with `:` between parts. */
  readonly key: string;
  /** The audit, or `categories`. In kebab-case, as Lighthouse spells it. */
  readonly auditId: string;
  /** What follows the audit, e.g. `['script', 'size']`. */
  readonly property: readonly string[];
  readonly level: Level;
  readonly minScore?: number;
  readonly maxNumericValue?: number;
  readonly maxLength?: number;
  /** Only when the file names one. */
  readonly aggregation?: Aggregation;
  /** The key was written in camelCase, which Lighthouse CI turns off in silence. */
  readonly isCamelCase: boolean;
};

/** Lighthouse CI's spelling of a key: `.` and `:` both separate, camelCase is another form of kebab-case. */
export function toKebabCase(text: string): string {
  return text.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

export function rulesOf(chosen: Assertions, shared: Aggregation | undefined): readonly AssertionRule[] {
  return Object.entries(chosen).flatMap(([written, { level, limits }]) => {
    if (level === 'off') return [];
    const { aggregationMethod = shared, minScore, maxNumericValue, maxLength } = limits;
    const key = written.replaceAll('.', ':');
    const [auditId = '', ...property] = toKebabCase(key)
      .split(':')
      .filter((part) => part !== '');
    // As in Lighthouse CI: 'error' alone means a score of at least 0.9.
    const least = minScore ?? (maxNumericValue === undefined && maxLength === undefined ? 0.9 : undefined);
    return [
      {
        key,
        auditId,
        property,
        level: level === 'warn' ? ('warn' as const) : ('fail' as const),
        isCamelCase: toKebabCase(key) !== key,
        ...(least === undefined ? {} : { minScore: least }),
        ...(maxNumericValue === undefined ? {} : { maxNumericValue }),
        ...(maxLength === undefined ? {} : { maxLength }),
        ...(aggregationMethod === undefined ? {} : { aggregation: aggregationMethod }),
      },
    ];
  });
}
