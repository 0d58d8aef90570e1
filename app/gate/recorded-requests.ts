import { z } from 'zod';
import type { Target } from '../../core/check.ts';
import { cut } from '../../core/cut.ts';
import type { SeenRequest } from '../../core/gate/evidence.ts';
import { pageLabels } from '../../synthetic/journey/host/page-label.ts';
import { parseWith } from './parse-with.ts';
import { requestAddress } from './request-address.ts';

const lines = z.object({
  entries: z.array(
    z.object({
      atMs: z.number(),
      method: z.string().max(40),
      url: z.string(),
      type: z.string().max(60),
      durationMs: z.number().min(0).optional(),
      status: z.number().optional(),
      failure: z.string().optional(),
    }),
  ),
});
const archive = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({ method: z.string(), url: z.string() }),
        response: z.object({ _transferSize: z.number().optional() }),
      }),
    ),
  }),
});

export type RecordedTexts = { readonly requests: string | undefined; readonly har: string | undefined };
export type OfRun = {
  readonly target: Target;
  /** Labels of the pages that were measured: only those tell which page a request belongs to. */
  readonly pages: ReadonlySet<string>;
};

/** The requests of a run recorded in full: when and how long from the list of requests, how large from the archive beside it. */
export function recordedRequests({ requests, har }: RecordedTexts, { target, pages }: OfRun): readonly SeenRequest[] {
  const entries = parseWith(lines, requests)?.entries ?? [];
  const sizeOf = sizesOf(har);
  const labelOf = pageLabels(target.baseUrl);
  let page: string | undefined;
  return entries.flatMap(({ atMs, method, url, type, durationMs, ...ending }) => {
    const address = requestAddress(url, target);
    if (address === undefined) return [];
    const label = type === 'document' ? labelOf(url) : undefined;
    if (label !== undefined && pages.has(label)) page = label;
    const bytes = sizeOf(method, url);
    const failure = failureOf(ending);
    return [
      {
        method,
        address,
        type,
        labels: page === undefined ? {} : { page },
        atMs,
        ...(durationMs === undefined ? {} : { durationMs }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(failure === undefined ? {} : { failure }),
      },
    ];
  });
}

type HowItEnded = { readonly status?: number | undefined; readonly failure?: string | undefined };

function failureOf({ status, failure }: HowItEnded): string | undefined {
  // The page itself, or a navigation, gave it up.
  if (failure !== undefined && failure !== 'net::ERR_ABORTED') return cut(failure, 60);
  return status !== undefined && status >= 400 ? `status ${status}` : undefined;
}

/** Sizes by method and address, in the order of requests for the same. */
function sizesOf(har: string | undefined): (method: string, url: string) => number | undefined {
  const sizes = new Map<string, number[]>();
  for (const { request, response } of parseWith(archive, har)?.log.entries ?? []) {
    const key = `${request.method} ${request.url}`;
    // -1 stands for a size that is not known.
    const known = sizes.get(key) ?? [];
    known.push(Math.max(0, response._transferSize ?? 0));
    sizes.set(key, known);
  }
  return (method, url) => sizes.get(`${method} ${url}`)?.shift();
}
