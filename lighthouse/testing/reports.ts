import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUnreadable, parseReport, type Report } from '../parse.ts';

/** A recorded Lighthouse result. */
export function recorded(version: '12.6.1' | '13.5.0' = '13.5.0'): Report {
  const parsed = parseReport(readFileSync(join(import.meta.dirname, '..', 'fixtures', `lhr-${version}.json`), 'utf8'));
  if (isUnreadable(parsed)) throw new Error(parsed.problem);
  return parsed;
}

export type Changes = {
  readonly audits?: Readonly<Record<string, Partial<Report['audits'][string]>>>;
  readonly categories?: Readonly<Record<string, number | null>>;
};

/** The recorded result with other values. */
export function withChanges({ audits = {}, categories = {} }: Changes, base: Report = recorded()): Report {
  const blank = { title: '', score: null, scoreDisplayMode: 'numeric' };
  const changedAudits = Object.entries(audits).map(([id, change]) => [
    id,
    { ...(base.audits[id] ?? blank), ...change },
  ]);
  const changedCategories = Object.entries(categories).map(([id, score]) => [id, { score }]);
  return {
    ...base,
    audits: { ...base.audits, ...Object.fromEntries(changedAudits) },
    categories: { ...base.categories, ...Object.fromEntries(changedCategories) },
  };
}
