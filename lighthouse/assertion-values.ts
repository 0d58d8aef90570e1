import { suggest } from '../core/suggest.ts';
import { type AssertionRule, toKebabCase } from './assertion-rules.ts';
import { auditOf, type Report, resourceRows, timingRows } from './parse.ts';
import { REMOVED_AUDITS } from './removed-audits.ts';

export const LIMIT_NAMES = ['minScore', 'maxNumericValue', 'maxLength'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** What an assertion looks at in one run. */
type Subject = {
  readonly score?: number | null;
  readonly scoreDisplayMode?: string;
  readonly numericValue?: number | undefined;
  readonly length?: number;
};

/** `unusable`: the assertion cannot be right for this Lighthouse, a matter of configuration. `unmeasured`: Lighthouse could not say. */
export type Missing = { readonly missing: 'unusable' | 'unmeasured'; readonly why: string };
export type Reading = { readonly value: number } | Missing;

/** The number that a limit of a rule is held against in one run. */
export function readValue(rule: AssertionRule, limit: LimitName, run: Report): Reading {
  const subject = subjectOf(rule, run);
  if ('missing' in subject) return subject;
  const value = limitedValue(subject, limit);
  if (value !== undefined && Number.isFinite(value)) return { value };
  return { missing: 'unusable', why: `'${rule.key}' has nothing that ${limit} could be held against` };
}

function subjectOf(rule: AssertionRule, run: Report): Subject | Missing {
  if (rule.auditId === 'categories') return categorySubject(rule, run);
  const audit = auditOf(run, rule.auditId);
  if (audit === undefined) return { missing: 'unusable', why: explainUnknown(rule, run) };
  if (audit.scoreDisplayMode === 'error') {
    return {
      missing: 'unmeasured',
      why: `'${rule.auditId}' failed inside Lighthouse: ${audit.errorMessage ?? 'no reason given'}`,
    };
  }
  if (rule.auditId === 'resource-summary' && rule.property.length > 0) return resourceSubject(rule, run);
  if (rule.auditId === 'user-timings' && rule.property.length > 0) return timingSubject(rule, run);
  if (rule.property.length > 0)
    return { missing: 'unusable', why: `'${rule.auditId}' has no parts, got '${rule.key}'` };
  return { ...audit, length: audit.details?.items?.length ?? 0 };
}

function limitedValue(subject: Subject, limit: LimitName): number | undefined {
  switch (limit) {
    case 'minScore':
      return scoreOf(subject);
    case 'maxNumericValue':
      return subject.numericValue;
    case 'maxLength':
      return subject.length;
  }
}

/** Lighthouse CI's rule for audits without a score: not applicable is perfect, informative is nothing. */
function scoreOf({ score, scoreDisplayMode }: Subject): number | undefined {
  if (typeof score === 'number') return score;
  if (scoreDisplayMode === 'notApplicable') return 1;
  return scoreDisplayMode === 'informative' ? 0 : undefined;
}

function categorySubject(rule: AssertionRule, run: Report): Subject | Missing {
  const id = rule.property.join(':');
  const known = Object.keys(run.categories);
  const category = Object.hasOwn(run.categories, id) ? run.categories[id] : undefined;
  if (category === undefined) {
    return {
      missing: 'unusable',
      why: `category '${id}' was not audited${didYouMean(id, known)}; audited: ${known.join(', ')}`,
    };
  }
  if (category.score === null) return { missing: 'unmeasured', why: `category '${id}' has no score in this run` };
  return { score: category.score };
}

function resourceSubject(rule: AssertionRule, run: Report): Subject | Missing {
  const [type = '', what] = rule.property;
  if (what !== 'size' && what !== 'count') {
    return {
      missing: 'unusable',
      why: `'${rule.key}' must end in ':size' or ':count', e.g. 'resource-summary:script:size'`,
    };
  }
  const rows = resourceRows(run);
  const row = rows.find((candidate) => candidate.resourceType === type);
  const known = rows.map((candidate) => candidate.resourceType);
  if (row === undefined) return { missing: 'unusable', why: `no resource type '${type}'${didYouMean(type, known)}` };
  return { ...auditOf(run, rule.auditId), numericValue: what === 'size' ? row.transferSize : row.requestCount };
}

function timingSubject(rule: AssertionRule, run: Report): Subject | Missing {
  const wanted = plainName(rule.property.join('-'));
  const rows = timingRows(run);
  const row = rows.find((candidate) => plainName(candidate.name) === wanted);
  if (row === undefined) {
    const known = rows.map((candidate) => candidate.name);
    return { missing: 'unmeasured', why: `the page set no user timing '${wanted}'${didYouMean(wanted, known)}` };
  }
  return { ...auditOf(run, rule.auditId), numericValue: row.duration ?? row.startTime };
}

function plainName(name: string): string {
  return toKebabCase(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Says why Lighthouse has no such audit: removed, mistyped, or not run. */
function explainUnknown({ auditId }: AssertionRule, run: Report): string {
  const version = `Lighthouse ${run.lighthouseVersion}`;
  const successor = Object.hasOwn(REMOVED_AUDITS, auditId) ? REMOVED_AUDITS[auditId] : undefined;
  if (successor !== undefined) {
    return `${version} no longer has the audit '${auditId}'; ${successor === '' ? 'remove the assertion' : `assert '${successor}' instead`}`;
  }
  const hint = didYouMean(auditId, Object.keys(run.audits));
  return `${version} ran no audit '${auditId}'${hint === '' ? '; is its category or audit left out of the settings?' : hint}`;
}

function didYouMean(typed: string, known: readonly string[]): string {
  const meant = suggest(typed, known);
  return meant === undefined ? '' : ` – did you mean '${meant}'?`;
}
