import type { BrowserContext, ConsoleMessage, Page, Request, Response } from '@playwright/test';
import { cut } from '../../../core/cut.ts';
import { plainMessage } from './describe.ts';

type ConsoleLine = { readonly atMs: number; readonly type: string; readonly text: string; readonly url: string };
type RequestLine = {
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  readonly type: string;
  status?: number;
  failure?: string;
  durationMs?: number;
};

/** What happened in the pages of a run besides what the journey did. */
export type Recorder = {
  /** Later events (of clean-up) are no part of the measurement. */
  readonly freeze: () => void;
  readonly consoleErrors: () => number;
  readonly failedRequests: () => number;
  /** Documents of the target, error pages aside. */
  readonly pagesLoaded: () => number;
  /** The first of the other documents, e.g. `500 http://127.0.0.1/`. */
  readonly otherPages: () => readonly string[];
  readonly crashed: () => boolean;
  readonly onCrash: (call: () => void) => void;
  readonly console: () => { readonly entries: readonly ConsoleLine[]; readonly dropped: number };
  readonly requests: () => { readonly entries: readonly RequestLine[]; readonly dropped: number };
  readonly facts: () => Readonly<Record<string, string>>;
};

const MOST_LINES = 300;
const MOST_REQUESTS = 1_000;
const LONGEST_TEXT = 1_000;
const MOST_PAGES = 20;
const MOST_DOWNLOADS = 10;
const MOST_OTHERS = 5;

export type RecorderParts = { readonly now: () => number; readonly isOfTarget: (url: string) => boolean };

/** Listens to a context. Lists and counts are bounded: a page may log or open tabs without end. */
export function recordContext(context: BrowserContext, { now, isOfTarget }: RecorderParts): Recorder {
  const others: string[] = [];
  const lines: ConsoleLine[] = [];
  const requests = new Map<Request, RequestLine>();
  const crashListeners: (() => void)[] = [];
  const counts = { errors: 0, lines: 0, requests: 0, failed: 0, loaded: 0, refusedPages: 0, downloads: 0 };
  let isFrozen = false;
  let crashed = false;

  const addLine = (type: string, text: string, url: string): void => {
    if (isFrozen) return;
    counts.lines += 1;
    if (type === 'error' || type === 'exception') counts.errors += 1;
    if (lines.length < MOST_LINES) lines.push({ atMs: Math.round(now()), type, text: cut(text, LONGEST_TEXT), url });
  };
  const begin = (request: Request): void => {
    if (isFrozen) return;
    counts.requests += 1;
    if (requests.size >= MOST_REQUESTS) return;
    const url = cut(request.url(), LONGEST_TEXT);
    requests.set(request, { atMs: Math.round(now()), method: request.method(), url, type: request.resourceType() });
  };
  const answered = (response: Response): void => {
    if (isFrozen) return;
    const status = response.status();
    if (status >= 400) counts.failed += 1;
    if (isDocument(response)) countDocument(status, response.url());
    const line = requests.get(response.request());
    if (line) line.status = status;
  };
  // An error page has an address and a title too, and what is asserted of them holds.
  const countDocument = (status: number, url: string): void => {
    if (status < 400 && isOfTarget(url)) counts.loaded += 1;
    else if (others.length < MOST_OTHERS) others.push(cut(`${status} ${withoutQuery(url)}`, 200));
  };
  const end = (request: Request, failure?: string): void => {
    const line = requests.get(request);
    if (line) line.durationMs = Math.round(now()) - line.atMs;
    if (line && failure !== undefined) line.failure = failure;
    // Aborted: the page itself, or a navigation, gave up the request.
    if (!isFrozen && failure !== undefined && failure !== 'net::ERR_ABORTED') counts.failed += 1;
  };
  const watchPage = (page: Page): void => {
    page.on('crash', () => {
      crashed = true;
      for (const call of crashListeners) call();
    });
    page.on('download', (download) => {
      counts.downloads += 1;
      if (counts.downloads > MOST_DOWNLOADS) void download.cancel().catch(() => undefined);
    });
    if (context.pages().length <= MOST_PAGES) return;
    counts.refusedPages += 1;
    void page.close().catch(() => undefined);
  };

  context.on('page', watchPage);
  context.on('console', (message: ConsoleMessage) => addLine(message.type(), message.text(), message.location().url));
  context.on('weberror', (error) => addLine('exception', plainMessage(error.error()), error.page()?.url() ?? ''));
  context.on('request', begin);
  context.on('response', answered);
  context.on('requestfinished', (request) => end(request));
  context.on('requestfailed', (request) => end(request, request.failure()?.errorText ?? 'failed'));
  return {
    freeze: () => {
      isFrozen = true;
    },
    consoleErrors: () => counts.errors,
    failedRequests: () => counts.failed,
    pagesLoaded: () => counts.loaded,
    otherPages: () => others,
    crashed: () => crashed,
    onCrash: (call) => crashListeners.push(call),
    console: () => ({ entries: lines, dropped: counts.lines - lines.length }),
    requests: () => ({ entries: [...requests.values()], dropped: counts.requests - requests.size }),
    facts: () => ({
      ...(counts.refusedPages > 0 ? { pagesRefused: `${counts.refusedPages} beyond ${MOST_PAGES} open pages` } : {}),
      ...(counts.downloads > MOST_DOWNLOADS ? { downloadsCancelled: String(counts.downloads - MOST_DOWNLOADS) } : {}),
    }),
  };
}

/** A query may hold a session. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/)[0] ?? '';
}

/** A page's own document. */
function isDocument(response: Response): boolean {
  const status = response.status();
  if (!response.request().isNavigationRequest() || (status >= 300 && status < 400)) return false;
  try {
    return response.frame().parentFrame() === null;
  } catch {
    // Playwright has no frame yet for the first document of a new tab: then it is that of a page.
    return true;
  }
}
