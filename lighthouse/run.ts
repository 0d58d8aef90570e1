import { cut } from '../core/cut.ts';
import type { RunContext } from '../core/kind.ts';
import type { Measure } from '../core/measure.ts';
import { type Artefact, EMPTY_OBSERVATION, type Observation, type Taint } from '../core/observation.ts';
import { quantile } from '../core/statistics.ts';
import { withTempFolder } from '../process/temp-folder.ts';
import { isUnsandboxed } from './arguments.ts';
import { type Keeper, keepHtml, keepLog, keepReport } from './artefacts.ts';
import { isReadable } from './collect.ts';
import { type CollectedPages, collectPages } from './collect-pages.ts';
import { judgeAssertions } from './judge-assertions.ts';
import { medianRun } from './median-run.ts';
import {
  answerAssertion,
  describeCounts,
  lookAt,
  measuresOfPage,
  pageEvidence,
  type SeenPage,
  stepsOf,
} from './observe.ts';
import type { AuditOptions } from './options.ts';
import type { Report } from './parse.ts';
import { type AuditPlan, prepareAudit } from './prepare.ts';
import { countDown } from './time-left.ts';

/** Audits the pages of a check with Lighthouse CI and observes what came out. Never throws for target, tool or host. */
export async function runAudit(options: AuditOptions, context: RunContext): Promise<Observation> {
  const startedAt = context.clock.now();
  const time = countDown(context.check.timeoutMs, context.clock);
  const prepared = await prepareAudit(options, context);
  if (!prepared.ok) return { ...EMPTY_OBSERVATION, fault: prepared.fault };
  const { plan } = prepared;
  return withTempFolder('lh', async (folder) => {
    const collected = await collectPages({ plan, context, folder, time });
    return observe(collected, { plan, context, startedAt });
  });
}

type Frame = { readonly plan: AuditPlan; readonly context: RunContext; readonly startedAt: number };

async function observe(collected: CollectedPages, { plan, context, startedAt }: Frame): Promise<Observation> {
  const pages = collected.results.map((result) => lookAt(result, plan));
  const findings = judgeAssertions(pages, plan);
  const keeper: Keeper = { folder: context.artefactFolder, secrets: context.secrets, headers: plan.headers };
  return {
    measures: [...pages.flatMap((page) => measuresOfPage(page, plan)), retries(collected)],
    steps: pages.flatMap((page) => stepsOf(page, startedAt)),
    assertions: [...pages.flatMap(answerAssertion), ...findings.assertions],
    evidence: { ...pageEvidence(pages, plan), ...findings.evidence },
    artefacts: await keepAll(pages, collected, plan, keeper),
    tools: toolsOf(pages, plan),
    taints: taintsOf(pages, collected, plan),
    facts: scrubbed({ ...factsOf(pages, collected, plan), ...findings.facts }, context),
    ...(collected.fault === undefined ? {} : { fault: collected.fault }),
  };
}

function retries({ silentRetries }: CollectedPages): Measure {
  return { name: 'silent_retries', value: silentRetries, unit: 'count' };
}

async function keepAll(
  pages: readonly SeenPage[],
  collected: CollectedPages,
  plan: AuditPlan,
  keeper: Keeper,
): Promise<readonly Artefact[]> {
  const kept: Artefact[] = [];
  // One file after the other: they share the disk and one of them is in memory at a time.
  for (const page of pages) kept.push(...(await keepPage(page, plan, keeper)));
  for (const { name, text, formFactor } of collected.logs) {
    kept.push(...(await keepLog(text, name, { form_factor: formFactor }, keeper)));
  }
  return kept;
}

async function keepPage(
  { result, valid, labels }: SeenPage,
  plan: AuditPlan,
  keeper: Keeper,
): Promise<readonly Artefact[]> {
  const median = medianRun(valid);
  const base = `${result.formFactor}-page-${plan.pages.indexOf(result.page) + 1}`;
  const kept: Artefact[] = [];
  for (const [index, report] of result.reports.entries()) {
    const isMedian = isReadable(report) && report.parsed === median;
    // One that does not count is kept whatever `keep` says: it is what has to be looked at.
    const isOdd = !isReadable(report) || !valid.includes(report.parsed);
    const name = `${base}-audit-${index + 1}`;
    if (plan.options.keep === 'all' || isMedian || isOdd)
      kept.push(...(await keepReport(report, name, labels, keeper)));
    if (isMedian) kept.push(...(await keepHtml(report, `${base}-median`, labels, keeper)));
  }
  return kept;
}

function toolsOf(pages: readonly SeenPage[], { lhci, chromium }: AuditPlan): Readonly<Record<string, string>> {
  const lighthouse = pages.flatMap((page) => page.valid)[0]?.lighthouseVersion;
  return { lhci: lhci.version, chromium: chromium.version, ...(lighthouse === undefined ? {} : { lighthouse }) };
}

/** Below this Lighthouse itself warns of a slow CPU; further from the median than 15 % and the audits are not alike. */
const LEAST_BENCHMARK = 1_000;
const MOST_DEVIATION = 0.15;

function taintsOf(pages: readonly SeenPage[], { silentRetries }: CollectedPages, plan: AuditPlan): readonly Taint[] {
  const indexes = benchmarksOf(pages);
  const middle = quantile(indexes, 0.5) ?? 0;
  const isUneven = indexes.some((one) => one < LEAST_BENCHMARK || Math.abs(one - middle) > middle * MOST_DEVIATION);
  const isOtherBrowser = pages.flatMap((page) => page.valid).some((report) => browserDiffers(report, plan));
  return [
    ...(isUneven ? (['host-overloaded'] as const) : []),
    ...(isUnsandboxed({ rc: plan.rc, isRoot: process.getuid?.() === 0 }) ? (['unsandboxed'] as const) : []),
    ...(silentRetries > 0 ? (['recovered-on-retry'] as const) : []),
    ...(isOtherBrowser ? (['tool-unpinned'] as const) : []),
  ];
}

function benchmarksOf(pages: readonly SeenPage[]): readonly number[] {
  return pages.flatMap((page) => page.valid.flatMap((report) => report.environment.benchmarkIndex ?? []));
}

/** Lighthouse falls back in silence to any browser it finds when the one named cannot be used. */
function browserDiffers(report: Report, { chromium }: AuditPlan): boolean {
  const used = /Chrome\/(\d+)\./.exec(report.environment.hostUserAgent ?? '')?.[1];
  const named = /(\d+)\./.exec(chromium.version)?.[1];
  return used !== undefined && named !== undefined && used !== named;
}

function factsOf(
  pages: readonly SeenPage[],
  { silentRetries }: CollectedPages,
  plan: AuditPlan,
): Record<string, string> {
  const reports = pages.flatMap((page) => page.valid);
  const rejected = pages.flatMap((page) => [...page.wrong, ...page.rejected].map((why) => `${page.name}: ${why}`));
  const warnings = [...new Set(reports.flatMap((report) => report.runWarnings))];
  const throttling = [...new Set(reports.map((report) => report.configSettings.throttlingMethod))].join(', ');
  const texts: Readonly<Record<string, string>> = {
    valid_audits: describeCounts(pages, plan),
    throttling,
    benchmark_index: benchmarksOf(pages).join(', '),
    rejected_audits: rejected.join('; '),
    warnings: warnings.join('; '),
    silent_retries:
      silentRetries === 0 ? '' : `Lighthouse CI started Lighthouse ${silentRetries} more times without saying so`,
    ignored_settings: ignoredSettings(plan).join(', '),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** What a bare `lhci collect` would have done and we do not: the target is running already, on its own address. */
function ignoredSettings({ rc }: AuditPlan): readonly string[] {
  const ignored = [
    'startServerCommand',
    'staticDistDir',
    'isSinglePageApplication',
    'additive',
    'headful',
    'chromePath',
  ];
  return ignored.filter((name) => Object.hasOwn(rc.collect, name)).map((name) => `collect.${name}`);
}

function scrubbed(facts: Readonly<Record<string, string>>, { secrets }: RunContext): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(facts).map(([name, text]) => [name, cut(secrets.scrub(text), 1_000)]));
}
