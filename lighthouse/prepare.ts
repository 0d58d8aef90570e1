import { type Diagnostic, formatDiagnostic, messageOf } from '../core/errors.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { RunContext, ToolFound, ToolName } from '../core/kind.ts';
import type { AssertRow } from './assert-plan.ts';
import { type Headers, resolveHeaders } from './headers.ts';
import { type AuditOptions, DEFAULT_RUNS, leastValidRuns } from './options.ts';
import { planRc, readOwnRc } from './own-rc.ts';
import type { LighthouseRc } from './rc.ts';

/** One page to audit. */
export type AuditedPage = {
  /** The path as configured; the label of its measures. */
  readonly path: string;
  readonly url: string;
  /** Where it is expected to end. */
  readonly finalUrl: string;
};

/** All that is decided before Lighthouse CI starts. */
export type AuditPlan = {
  readonly options: AuditOptions;
  readonly rc: LighthouseRc;
  readonly rows: readonly AssertRow[];
  readonly pages: readonly AuditedPage[];
  readonly runs: number;
  readonly leastValid: number;
  readonly lhci: ToolFound;
  readonly chromium: ToolFound;
  readonly headers: Headers;
  /** Paths in lighthouserc.json were written for this origin. */
  readonly rcOrigin: string | undefined;
};

export type Prepared = { readonly ok: true; readonly plan: AuditPlan } | { readonly ok: false; readonly fault: Fault };

/** Finds the tools, reads lighthouserc.json and decides which pages are audited. Every obstacle is a fault, none an exception. */
export async function prepareAudit(options: AuditOptions, context: RunContext): Promise<Prepared> {
  const [lhci, chromium] = [await findTool('lhci', context), await findTool('chromium', context)];
  if ('fault' in lhci) return { ok: false, fault: lhci.fault };
  if ('fault' in chromium) return { ok: false, fault: chromium.fault };
  const rc = await loadRc(options, context, lhci.path);
  if ('fault' in rc) return { ok: false, fault: rc.fault };
  const pages = pagesOf(options, rc, context.target.baseUrl);
  if ('fault' in pages) return { ok: false, fault: pages.fault };
  const planned = await planRc(rc, lhci.path, context.signal);
  if (!planned.ok) return { ok: false, fault: configFault(planned.problems) };
  const headers = await headersOf(rc, options, context);
  if ('fault' in headers) return { ok: false, fault: headers.fault };
  const runs = options.runs ?? rc.collect.numberOfRuns ?? DEFAULT_RUNS;
  const { rows } = planned;
  const decided = { runs, leastValid: leastValidRuns(options, runs), rcOrigin: originOf(rc.collect.url[0] ?? '') };
  return { ok: true, plan: { options, rc, rows, pages: pages.pages, lhci, chromium, ...headers, ...decided } };
}

type Failed = { readonly fault: Fault };

async function findTool(name: ToolName, { tools }: RunContext): Promise<ToolFound | Failed> {
  const tool = await tools.find(name);
  if (tool.found) return tool;
  const message = `${name} was not found (looked at ${tool.looked.join(', ')}); ${tool.mend}`;
  return { fault: { ...fault('tool-missing', message), tool: name } };
}

async function loadRc(options: AuditOptions, context: RunContext, lhci: string): Promise<LighthouseRc | Failed> {
  const outcome = await readOwnRc(options, context.baseFolder, lhci);
  return outcome.ok ? outcome.rc : { fault: configFault(outcome.problems) };
}

function pagesOf(
  options: AuditOptions,
  rc: LighthouseRc,
  baseUrl: string,
): { readonly pages: readonly AuditedPage[] } | Failed {
  const paths = options.pages === undefined ? pathsOfRc(rc) : { paths: options.pages };
  if ('problem' in paths) return { fault: fault('config-invalid', paths.problem) };
  const pages = paths.paths.map((path) => ({
    path,
    url: new URL(path, baseUrl).href,
    finalUrl: new URL(options.redirects[path] ?? path, baseUrl).href,
  }));
  return { pages };
}

function pathsOfRc({
  file,
  collect,
}: LighthouseRc): { readonly paths: readonly string[] } | { readonly problem: string } {
  const where = file === '' ? 'there is no lighthouserc.json' : `${file} has no collect.url`;
  if (collect.url.length === 0) return { problem: `no page to audit: ${where}; give the check 'pages'` };
  const urls = collect.url.map((url) => URL.parse(url));
  const wrong = collect.url.find((_, index) => urls[index] === null);
  if (wrong !== undefined) return { problem: `${file}: collect.url '${wrong}' is not an absolute URL` };
  const origins = new Set(urls.map((url) => url?.origin));
  if (origins.size > 1) {
    const list = [...origins].join(', ');
    return {
      problem: `${file}: collect.url names ${origins.size} origins (${list}) but a check has one target; give the check 'pages'`,
    };
  }
  return { paths: [...new Set(urls.map((url) => (url === null ? '/' : url.pathname + url.search)))] };
}

async function headersOf(
  rc: LighthouseRc,
  options: AuditOptions,
  context: RunContext,
): Promise<{ readonly headers: Headers } | Failed> {
  try {
    return { headers: await resolveHeaders(rc, options, context.secrets) };
  } catch (error) {
    const isSecret = error instanceof Error && 'code' in error && error.code === 'secret-missing';
    return { fault: fault(isSecret ? 'secret-missing' : 'config-invalid', `headers: ${messageOf(error)}`) };
  }
}

function configFault(problems: readonly Diagnostic[]): Fault {
  return fault('config-invalid', problems.map(formatDiagnostic).join('\n'));
}

export function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}
