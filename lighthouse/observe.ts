import { cut } from '../core/cut.ts';
import { fault } from '../core/fault.ts';
import type { Labels, Measure } from '../core/measure.ts';
import type { Assertion, Evidence, EvidenceRule, Step } from '../core/observation.ts';
import { askedCategories } from './arguments.ts';
import { isReadable, type StoredReport } from './collect.ts';
import type { PageResult } from './collect-pages.ts';
import { measuresOf } from './measures.ts';
import { type AuditOptions, leastValidRuns } from './options.ts';
import { finalUrlsOf, mainDocumentStatus, type Report } from './parse.ts';
import type { AuditPlan } from './prepare.ts';
import { invalidity } from './validity.ts';

/** The least that must have been seen before an audit may pass. */
export function auditEvidence(options: AuditOptions): readonly EvidenceRule[] {
  const perPage = leastValidRuns(options, options.runs ?? 1);
  const pages = (options.pages?.length ?? 1) * options.formFactors.length;
  return [
    { item: 'wrong_pages', atMost: 0, fault: fault('wrong-page', 'Another page than the one asked for was audited') },
    {
      item: 'pages_short_of_runs',
      atMost: 0,
      fault: fault('too-few-valid-runs', 'Too few audits of a page gave numbers'),
    },
    {
      item: 'unusable_assertions',
      atMost: 0,
      fault: fault('config-invalid', 'lighthouserc.json asserts what is not measured'),
    },
    { item: 'unmeasured_assertions', atMost: 0, fault: fault('tool-output', 'An assertion could not be decided') },
    {
      item: 'valid_audits',
      atLeast: pages * perPage,
      fault: fault('too-few-valid-runs', 'Too few audits gave numbers'),
    },
  ];
}

/** The audits of one page under one form factor, sorted into those whose numbers count and why the others do not. */
export type SeenPage = {
  readonly result: PageResult;
  /** `/parts mobile`; the step of its assertions. */
  readonly name: string;
  readonly labels: Labels;
  readonly valid: readonly Report[];
  readonly wrong: readonly string[];
  readonly rejected: readonly string[];
  /** Whether enough audits are valid for their numbers to be judged. */
  readonly isEnough: boolean;
};

export function lookAt(result: PageResult, plan: AuditPlan): SeenPage {
  const { page, formFactor, trouble } = result;
  const expected = { finalUrl: page.finalUrl, formFactor, categories: askedCategories(plan) };
  const looked = result.reports.map((report) => ({ report, problem: problemOf(report, expected) }));
  const valid = looked.flatMap(({ report, problem }) =>
    problem === undefined && isReadable(report) ? [report.parsed] : [],
  );
  const given = trouble?.means === 'page-invalid' ? [{ code: trouble.code, why: trouble.detail }] : [];
  const problems = [...looked.flatMap(({ problem }) => problem ?? []), ...given];
  const [wrong, rejected] = [problems.filter(isWrongPage), problems.filter((problem) => !isWrongPage(problem))];
  return {
    result,
    name: `${page.path} ${formFactor}`,
    labels: { page: page.path, form_factor: formFactor },
    valid,
    wrong: wrong.map(({ why }) => why),
    rejected: rejected.map(({ why }) => why),
    isEnough: trouble?.means !== 'failed' && wrong.length === 0 && valid.length >= plan.leastValid,
  };
}

function isWrongPage({ code }: { readonly code: string }): boolean {
  return code === 'wrong-page';
}

function problemOf(report: StoredReport, expected: Parameters<typeof invalidity>[1]): ReturnType<typeof invalidity> {
  if (isReadable(report)) return invalidity(report.parsed, expected);
  return { code: 'no-numbers', why: 'problem' in report.parsed ? report.parsed.problem : 'unreadable' };
}

/** Measures of the audits that count. Those of a page with too few valid audits are not judged, so they are left out, and so is what too few of the audits could compute. */
export function measuresOfPage(page: SeenPage, { leastValid }: Pick<AuditPlan, 'leastValid'>): readonly Measure[] {
  if (!page.isEnough) return [];
  const measures = page.valid.flatMap((report) => measuresOf(report, page.labels));
  const counts = new Map<string, number>();
  for (const { name } of measures) counts.set(name, (counts.get(name) ?? 0) + 1);
  return measures.filter(({ name }) => (counts.get(name) ?? 0) >= leastValid);
}

/** That the page answers is the one thing an audit always asserts; whether it did is the target's matter. */
export function answerAssertion(page: SeenPage): readonly Assertion[] {
  const { trouble } = page.result;
  if (trouble?.means === 'failed') {
    const { expected, actual } = trouble;
    // No answer at all is the only failure here that something else than the target could explain.
    const ground = expected === 'page answers' ? ({ ground: 'wait' } as const) : {};
    return [{ ok: false, expected, actual, step: page.name, ...ground }];
  }
  const first = page.valid[0];
  if (first === undefined) return [];
  const status = mainDocumentStatus(first);
  return [
    { ok: true, expected: 'page answers 2xx', actual: status === undefined ? '2xx' : String(status), step: page.name },
  ];
}

/** Counts what was seen; `short` are pages whose trouble is not already told otherwise. */
export function pageEvidence(pages: readonly SeenPage[], plan: AuditPlan): Evidence {
  const wrong = pages.filter((page) => page.wrong.length > 0);
  const short = pages.filter(
    (page) => !page.isEnough && page.wrong.length === 0 && page.result.trouble?.means !== 'failed',
  );
  const counted = pages.filter((page) => page.isEnough).reduce((sum, page) => sum + page.valid.length, 0);
  return {
    valid_audits: { seen: counted, detail: describeCounts(pages, plan) },
    wrong_pages: count(wrong, (page) => `${page.name}: ${page.wrong[0] ?? ''}`),
    pages_short_of_runs: count(short, (page) => describeShort(page, plan)),
  };
}

function count(pages: readonly SeenPage[], describe: (page: SeenPage) => string): Evidence[string] {
  return pages.length === 0 ? { seen: 0 } : { seen: pages.length, detail: cut(pages.map(describe).join('; '), 1_000) };
}

function describeShort(page: SeenPage, plan: AuditPlan): string {
  const why = page.rejected[0] ?? 'the others were not made';
  return `${page.name}: ${page.valid.length} valid of ${plan.runs} (needs ${plan.leastValid}): ${why}`;
}

export function describeCounts(pages: readonly SeenPage[], plan: AuditPlan): string {
  return pages.map((page) => `${page.name} ${page.valid.length}/${plan.runs}`).join(', ');
}

/** One step for each audit, valid or not. */
export function stepsOf(page: SeenPage, startedAt: number): readonly Step[] {
  return page.result.reports.flatMap((report, index): readonly Step[] => {
    if (!isReadable(report)) return [];
    const { fetchTime, timing } = report.parsed;
    const started = Date.parse(fetchTime) - startedAt;
    const isValid = page.valid.includes(report.parsed);
    return [
      {
        name: `${page.name} audit ${index + 1}`,
        startMs: Number.isFinite(started) ? Math.max(0, started) : 0,
        durationMs: timing.total,
        status: isValid ? 'passed' : 'failed',
        ...(isValid ? {} : { message: `not counted; it ended on ${finalUrlsOf(report.parsed)[0] ?? 'no page'}` }),
      },
    ];
  });
}
