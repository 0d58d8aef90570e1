import { z } from 'zod';
import type { Target } from '../../core/check.ts';
import { cut } from '../../core/cut.ts';
import type { SeenRequest, SeenVital } from '../../core/gate/evidence.ts';
import type { Labels } from '../../core/measure.ts';
import { parseWith } from './parse-with.ts';
import { requestAddress } from './request-address.ts';

const audit = z.object({ details: z.object({ items: z.array(z.unknown()) }) });
const report = z.object({ audits: z.record(z.string(), z.unknown()) });

const request = z.object({
  url: z.string(),
  resourceType: z.string().max(60).default('other'),
  transferSize: z.number().min(0).optional(),
  networkRequestTime: z.number().optional(),
  networkEndTime: z.number().optional(),
});
const node = z.object({ selector: z.string() });
/** Lighthouse 13 gives the node as an item of its own, 12 as a cell of a table. */
const listItem = z.union([node, z.object({ items: z.array(z.unknown()) })]);
const cell = z.object({ node });
const subpart = z.object({ subpart: z.string(), duration: z.number().min(0) });

const PARTS: Readonly<Record<string, string>> = {
  timeToFirstByte: 'first byte',
  resourceLoadDelay: 'resource load delay',
  resourceLoadDuration: 'resource load',
  elementRenderDelay: 'render delay',
};

export type ReportedPage = { readonly requests: readonly SeenRequest[]; readonly vitals: readonly SeenVital[] };

/** What a Lighthouse report tells of a page beyond its measures. */
export function reportedPage(text: string | undefined, labels: Labels, target: Target): ReportedPage {
  const audits = parseWith(report, text)?.audits ?? {};
  const itemsOf = (id: string): readonly unknown[] => audit.safeParse(audits[id]).data?.details.items ?? [];
  return {
    requests: all(request, itemsOf('network-requests')).flatMap((one) => requestOf(one, labels, target)),
    vitals: largestPaint([...itemsOf('lcp-breakdown-insight'), ...itemsOf('largest-contentful-paint-element')], labels),
  };
}

/** One report for each page and form factor, for a run audits each several times: the one in which the largest paint took the middle time. */
export function typicalPages(pages: readonly (ReportedPage & { readonly labels: Labels })[]): readonly ReportedPage[] {
  const paintMs = ({ vitals }: ReportedPage): number => vitals[0]?.parts.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  const groups = Map.groupBy(pages, ({ labels }) => JSON.stringify(Object.entries(labels).toSorted()));
  return [...groups.values()].flatMap((group) => {
    const ordered = group.toSorted((a, b) => paintMs(a) - paintMs(b));
    return ordered.slice(Math.floor((group.length - 1) / 2)).slice(0, 1);
  });
}

function requestOf(one: z.output<typeof request>, labels: Labels, target: Target): readonly SeenRequest[] {
  const { url, resourceType, transferSize, networkRequestTime, networkEndTime } = one;
  const address = requestAddress(url, target);
  if (address === undefined) return [];
  const hasTimes = networkRequestTime !== undefined && networkEndTime !== undefined;
  return [
    {
      // Lighthouse does not say the method; what a page loads by itself is nearly always this.
      method: 'GET',
      address,
      type: resourceType.toLowerCase(),
      labels,
      atMs: networkRequestTime ?? 0,
      ...(hasTimes ? { durationMs: Math.max(0, networkEndTime - networkRequestTime) } : {}),
      ...(transferSize === undefined ? {} : { bytes: transferSize }),
    },
  ];
}

function largestPaint(items: readonly unknown[], labels: Labels): readonly SeenVital[] {
  const found = all(listItem, items);
  const rows = found.flatMap((item) => ('items' in item ? item.items : []));
  const selectors = [
    ...found.flatMap((item) => ('selector' in item ? [item.selector] : [])),
    ...all(cell, rows).map((one) => one.node.selector),
  ];
  const parts = all(subpart, rows).map((one) => ({
    name: PARTS[one.subpart] ?? cut(one.subpart, 60),
    ms: one.duration,
  }));
  if (selectors.length === 0 && parts.length === 0) return [];
  const [target] = selectors;
  return [{ vital: 'lcp', labels, parts, ...(target === undefined ? {} : { target: cut(target, 120) }) }];
}

/** Those of a list that have the shape asked for. */
function all<T>(schema: z.ZodType<T>, items: readonly unknown[]): readonly T[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}
