import { categoryScore, finalUrlsOf, mainDocumentStatus, numericOf, type Report } from './parse.ts';

export type Invalid = { readonly code: 'wrong-page' | 'no-numbers'; readonly why: string };

/** What an audit must show before its numbers count. */
export type Expected = {
  /** The address where the page is expected to end, absolute. */
  readonly finalUrl: string;
  readonly formFactor: string;
  /** Categories that must have a score. */
  readonly categories: readonly string[];
};

/** Why the numbers of an audit do not count; undefined when they do. */
export function invalidity(report: Report, expected: Expected): Invalid | undefined {
  if (report.runtimeError !== undefined)
    return noNumbers(`${report.runtimeError.code}: ${report.runtimeError.message}`);
  const elsewhere = finalUrlsOf(report).find((url) => !isSamePage(url, expected.finalUrl));
  if (elsewhere !== undefined)
    return { code: 'wrong-page', why: `asked for ${expected.finalUrl}, audited ${elsewhere}` };
  if (finalUrlsOf(report).length === 0)
    return { code: 'wrong-page', why: 'the result does not say which page was audited' };
  const { formFactor } = report.configSettings;
  if (formFactor !== expected.formFactor)
    return noNumbers(`asked for ${expected.formFactor}, audited as ${formFactor}`);
  const status = mainDocumentStatus(report);
  if (status !== undefined && (status < 200 || status > 299))
    return { code: 'wrong-page', why: `the page answered ${status}` };
  return missingNumbers(report, expected.categories);
}

function missingNumbers(report: Report, categories: readonly string[]): Invalid | undefined {
  const unscored = categories.filter((category) => typeof categoryScore(report, category) !== 'number');
  if (unscored.length > 0) return noNumbers(`no score for ${unscored.join(', ')}`);
  const lacking = categories.includes('performance')
    ? ['first-contentful-paint', 'largest-contentful-paint'].filter((id) => numericOf(report, id) === undefined)
    : [];
  if (lacking.length > 0) return noNumbers(`no value for ${lacking.join(', ')}`);
  const counted = Object.values(report.audits).filter(
    (audit) => audit.score !== null || audit.numericValue !== undefined,
  );
  return counted.length === 0 ? noNumbers('no audit has a score or a value') : undefined;
}

function noNumbers(why: string): Invalid {
  return { code: 'no-numbers', why };
}

/**
 * Whether two addresses are the same page: same origin and path. A trailing slash and the fragment do not matter, and a
 * page may add to its own query string. A login page or another origin is another page.
 */
export function isSamePage(actual: string, expected: string): boolean {
  const [got, asked] = [URL.parse(actual), URL.parse(expected)];
  if (got === null || asked === null || got.origin !== asked.origin) return false;
  if (withoutSlash(got.pathname) !== withoutSlash(asked.pathname)) return false;
  return [...asked.searchParams].every(([name, value]) => got.searchParams.getAll(name).includes(value));
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
