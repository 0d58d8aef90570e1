import { cut } from '../../../core/cut.ts';

const MOST_LABELS = 200;

/**
 * Makes the bounded `page` label of a URL: the path without query, ids as `:id`; pages of other origins with their host.
 * After 200 different ones the rest is `other`.
 */
export function pageLabels(baseUrl: string): (url: string) => string {
  const own = new URL(baseUrl).origin;
  const known = new Set<string>();
  return (url) => {
    const label = toLabel(url, own);
    if (known.size >= MOST_LABELS && !known.has(label)) return 'other';
    known.add(label);
    return label;
  };
}

function toLabel(url: string, own: string): string {
  if (!URL.canParse(url)) return 'other';
  const { origin, host, pathname } = new URL(url);
  const path = cut(pathname.split('/').map(generalise).join('/'), 120);
  return origin === own ? path : `${host}${path}`;
}

/** A segment that names one thing among many: a number, an id in hexadecimal, or anything with several digits. */
function generalise(segment: string): string {
  const digits = segment.replace(/\D/g, '').length;
  const isVersion = /^v\d{1,2}$/.test(segment);
  if (isVersion || digits === 0) return segment.length > 60 ? ':id' : segment;
  return digits >= 2 || digits === segment.length || segment.length >= 16 ? ':id' : segment;
}
