import type { Unit } from '../core/units.ts';
import type { AssertionRule } from './assertion-rules.ts';

/** What an assertion of Lighthouse CI is a limit on in the budget language. */
export type Counterpart = { readonly measure: string; readonly unit: Unit };

const BY_AUDIT: Readonly<Record<string, Counterpart>> = {
  'first-contentful-paint': { measure: 'fcp', unit: 'ms' },
  'largest-contentful-paint': { measure: 'lcp', unit: 'ms' },
  'total-blocking-time': { measure: 'tbt', unit: 'ms' },
  'cumulative-layout-shift': { measure: 'cls', unit: 'score' },
  'speed-index': { measure: 'si', unit: 'ms' },
  interactive: { measure: 'tti', unit: 'ms' },
};

/** Audits with a value whose unit Lighthouse 12 and 13 give; of others it is known only after an audit. */
const UNITS_OF_AUDITS: Readonly<Record<string, Unit>> = {
  'bootup-time': 'ms',
  'dom-size': 'count',
  'dom-size-insight': 'count',
  'mainthread-work-breakdown': 'ms',
  'max-potential-fid': 'ms',
  'network-rtt': 'ms',
  'network-server-latency': 'ms',
  redirects: 'ms',
  'server-response-time': 'ms',
  'total-byte-weight': 'bytes',
  'unminified-css': 'ms',
  'unminified-javascript': 'ms',
  'unused-css-rules': 'ms',
  'unused-javascript': 'ms',
};

const STAYS = 'it can stay in lighthouserc.json, whose assertions an audit check holds, too';

/** The measure for a limit of a rule, or why there is none. */
export function counterpartOf(
  { auditId, property }: Pick<AssertionRule, 'auditId' | 'property'>,
  limit: 'minScore' | 'maxNumericValue' | 'maxLength',
): Counterpart | { readonly why: string } {
  const [first = '', what] = property;
  if (limit === 'maxLength') return { why: `how long a list is is no measure; ${STAYS}` };
  if (limit === 'minScore') {
    if (auditId === 'categories' && first !== '') return { measure: `score.${property.join(':')}`, unit: 'score' };
    return { why: `the score of a single audit is no measure; ${STAYS}` };
  }
  if (auditId === 'resource-summary' && what === 'size') return { measure: `bytes.${first}`, unit: 'bytes' };
  if (auditId === 'resource-summary' && what === 'count')
    return { measure: first === 'total' ? 'requests' : `requests.${first}`, unit: 'count' };
  if (property.length > 0) return { why: `there is no such measure; ${STAYS}` };
  const known = Object.hasOwn(BY_AUDIT, auditId) ? BY_AUDIT[auditId] : undefined;
  if (known !== undefined) return known;
  const unit = Object.hasOwn(UNITS_OF_AUDITS, auditId) ? UNITS_OF_AUDITS[auditId] : undefined;
  return unit === undefined
    ? {
        why: `in which unit Lighthouse gives '${auditId}' is not known here: write 'audit.${auditId}' with that unit; ${STAYS}`,
      }
    : { measure: `audit.${auditId}`, unit };
}
