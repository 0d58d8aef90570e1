import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, fault } from '../core/fault.ts';
import type { RunContext } from '../core/kind.ts';
import { askPage, type PageAnswer } from './ask-page.ts';
import { type Collected, collect, type StoredReport } from './collect.ts';
import { type CollectEnding, endingOf, type PageFault } from './endings.ts';
import { writeHeadersFile } from './headers.ts';
import type { FormFactor } from './options.ts';
import type { AuditedPage, AuditPlan } from './prepare.ts';
import type { TimeLeft } from './time-left.ts';

/** Why a page has fewer results than it should. */
export type Trouble =
  /** The target's. */
  | { readonly means: 'failed'; readonly expected: string; readonly actual: string }
  | { readonly means: 'page-invalid'; readonly code: PageFault; readonly detail: string };

/** What became of one page under one form factor. */
export type PageResult = {
  readonly page: AuditedPage;
  readonly formFactor: FormFactor;
  readonly reports: readonly StoredReport[];
  readonly trouble?: Trouble;
};

export type CollectedPages = {
  readonly results: readonly PageResult[];
  /** Why not everything was collected, where that is not a matter of single pages. */
  readonly fault?: Fault;
  readonly silentRetries: number;
  /** What Lighthouse CI said in the collects that did not end well. */
  readonly logs: readonly { readonly name: string; readonly text: string; readonly formFactor: FormFactor }[];
};

const NOTHING: CollectedPages = { results: [], silentRetries: 0, logs: [] };
/** Lighthouse gives up on a page that paints nothing for 30 s; one that does not even answer for so long cannot be audited. */
const FIRST_BYTE_MS = 30_000;

type Collecting = {
  readonly plan: AuditPlan;
  readonly context: RunContext;
  readonly folder: string;
  readonly time: TimeLeft;
};

/**
 * Collects every page under every form factor. A page that got into trouble is left out of the next form factor, and
 * does not keep the pages after it from being audited, as it would in a bare `lhci collect`.
 */
export async function collectPages(collecting: Collecting): Promise<CollectedPages> {
  let all = await askFirst(collecting);
  for (const formFactor of collecting.plan.options.formFactors) {
    if (all.fault !== undefined) return all;
    const troubled = new Set(all.results.flatMap(({ page, trouble }) => (trouble === undefined ? [] : [page.path])));
    const pages = collecting.plan.pages.filter((page) => !troubled.has(page.path));
    all = both(all, await collectFormFactor(pages, formFactor, collecting));
  }
  return all;
}

function both(a: CollectedPages, b: CollectedPages): CollectedPages {
  return {
    ...a,
    ...b,
    results: [...a.results, ...b.results],
    silentRetries: a.silentRetries + b.silentRetries,
    logs: [...a.logs, ...b.logs],
  };
}

/**
 * Asks each page for a first byte. Lighthouse waits for minutes on a page that never answers, three times over, and the
 * exclusive lane with it; and it calls a refused connection, a broken one and a missing name all the same.
 */
async function askFirst({ plan, context, time }: Collecting): Promise<CollectedPages> {
  const timeoutMs = Math.min(FIRST_BYTE_MS, time.leftMs() / 3);
  const ask = { clock: context.clock, signal: context.signal, timeoutMs };
  const answers = await Promise.all(plan.pages.map(async (page) => ({ page, answer: await askPage(page.url, ask) })));
  const formFactor = plan.options.formFactors[0] ?? 'mobile';
  const unreachable = answers.flatMap(({ page, answer }) =>
    answer.how === 'unreachable' ? [faultOf(page, answer)] : [],
  );
  const results = answers.flatMap(({ page, answer }): readonly PageResult[] =>
    answer.how === 'silent' ? [{ page, formFactor, reports: [], trouble: silence(answer.actual) }] : [],
  );
  return { ...NOTHING, results, ...(unreachable[0] === undefined ? {} : { fault: unreachable[0] }) };
}

function silence(actual: string): Trouble {
  return { means: 'failed', expected: 'page answers', actual };
}

function faultOf(page: AuditedPage, answer: Extract<PageAnswer, { how: 'unreachable' }>): Fault {
  return fault(answer.code, `${page.url} could not be reached from here: ${answer.actual}`);
}

async function collectFormFactor(
  pages: readonly AuditedPage[],
  formFactor: FormFactor,
  collecting: Collecting,
): Promise<CollectedPages> {
  let all = NOTHING;
  let remaining = pages;
  for (let pass = 1; remaining.length > 0 && all.fault === undefined; pass += 1) {
    if (collecting.time.leftMs() <= 0) return both(all, notReached(remaining, formFactor));
    const collected = await collectOnce(
      remaining,
      { formFactor, pass, done: pages.length - remaining.length },
      collecting,
    );
    all = both(all, collected.pages);
    remaining = remaining.slice(collected.looked);
  }
  return all;
}

/** Pages for which no time was left count as pages without results. */
function notReached(pages: readonly AuditedPage[], formFactor: FormFactor): CollectedPages {
  return { ...NOTHING, results: pages.map((page) => ({ page, formFactor, reports: [] })) };
}

type Pass = { readonly formFactor: FormFactor; readonly pass: number; readonly done: number };

/** One `lhci collect` over pages: it ends at the first page in trouble. `looked` says how many pages are dealt with. */
async function collectOnce(
  pages: readonly AuditedPage[],
  pass: Pass,
  collecting: Collecting,
): Promise<{ readonly pages: CollectedPages; readonly looked: number }> {
  const { plan } = collecting;
  const collected = await startCollect(pages, pass, collecting);
  const found = { reports: collected.reports.length, wanted: pages.length * plan.runs };
  const ending = endingOf(collected.process, found);
  const complete = Math.min(pages.length, Math.floor(found.reports / plan.runs));
  const failing = pages[complete];
  const verdict = failing === undefined ? { ending } : await secondLook(ending, failing, collecting);
  const results = pages.slice(0, complete + 1).map((page, index): PageResult => {
    const reports = collected.reports.slice(index * plan.runs, (index + 1) * plan.runs);
    const trouble = index === complete ? troubleOf(verdict.ending) : undefined;
    return { page, formFactor: pass.formFactor, reports, ...(trouble === undefined ? {} : { trouble }) };
  });
  const name = `lhci-${pass.formFactor}-${pass.pass}`;
  const text = `${collected.process.stdout}\n${collected.process.stderr}`.trim();
  const stop = faultOfEnding(verdict.ending, collecting.context);
  return {
    looked: complete + 1,
    pages: {
      results,
      silentRetries: retriesOf(collected, ending),
      logs: ending.means === 'measured' || text === '' ? [] : [{ name, text, formFactor: pass.formFactor }],
      ...(stop === undefined ? {} : { fault: stop }),
    },
  };
}

async function startCollect(
  pages: readonly AuditedPage[],
  { formFactor, pass, done }: Pass,
  { plan, context, folder, time }: Collecting,
): Promise<Collected> {
  const cwd = join(folder, `${formFactor}-${pass}`);
  await mkdir(cwd, { mode: 0o700 });
  const total = plan.pages.length * plan.runs;
  return collect({
    lhci: plan.lhci.path,
    request: {
      rc: plan.rc,
      options: plan.options,
      formFactor,
      urls: pages.map((page) => page.url),
      runs: plan.runs,
      chromium: plan.chromium.path,
      headersFile: await writeHeadersFile(plan.headers, folder),
      isRoot: process.getuid?.() === 0,
    },
    cwd,
    tempFolder: folder,
    deadlineMs: Math.max(1, time.leftMs()),
    killGraceMs: time.killGraceMs,
    signal: context.signal,
    onAudit: (audits) => {
      const sum = done * plan.runs + audits;
      context.progress({ text: `${formFactor}: audit ${sum} of ${total}`, done: sum / total });
    },
  });
}

/** Lighthouse cannot say why a page did not load, and a page that never answers looks like a tool that hangs: ask once more. */
async function secondLook(
  ending: CollectEnding,
  page: AuditedPage,
  { context, time }: Collecting,
): Promise<{ readonly ending: CollectEnding }> {
  const isUnclear = ending.means === 'page-invalid' && ending.code === 'too-few-valid-runs';
  const isHung = ending.means === 'inconclusive' && ending.code === 'tool-hung';
  if (!isUnclear && !isHung) return { ending };
  const answer = await askPage(page.url, { clock: context.clock, signal: context.signal, timeoutMs: time.askMs });
  switch (answer.how) {
    case 'answers':
      return { ending };
    case 'silent':
      return { ending: { means: 'failed', expected: 'page answers', actual: answer.actual } };
    case 'unreachable':
      return { ending: { means: 'inconclusive', code: answer.code, detail: faultOf(page, answer).message } };
  }
}

function troubleOf(ending: CollectEnding): Trouble | undefined {
  return ending.means === 'failed' || ending.means === 'page-invalid' ? ending : undefined;
}

function faultOfEnding(ending: CollectEnding, { signal }: RunContext): Fault | undefined {
  if (ending.means !== 'inconclusive') return undefined;
  if (ending.code !== 'cancelled') return fault(ending.code, `lhci collect: ${ending.detail}`);
  const reason: unknown = signal.reason;
  return isFault(reason) ? reason : fault('tool-hung', `lhci collect: ${ending.detail}`);
}

function isFault(reason: unknown): reason is Fault {
  return typeof reason === 'object' && reason !== null && 'blame' in reason && 'code' in reason && 'message' in reason;
}

/** Lighthouse CI starts an audit three times at most before it gives up on it. */
const STARTS_OF_A_FAILURE = 3;

/** Starts of Lighthouse beyond those that gave a result, or that belong to the page given up on. */
function retriesOf({ attempts, reports }: Collected, ending: CollectEnding): number {
  const failed = ending.means === 'measured' ? 0 : STARTS_OF_A_FAILURE;
  return Math.max(0, attempts - reports.length - failed);
}
