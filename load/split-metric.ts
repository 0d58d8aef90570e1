import type { Labels } from '../core/measure.ts';

/** The name of a metric as its base and, of a sub-metric, its tags. */
export type MetricName = { readonly base: string; readonly tags?: Labels };

/** `http_reqs{name:home, group:::cart}` as its base and tags; a value may hold colons but no comma, as in k6 itself. */
export function splitMetric(name: string): MetricName | undefined {
  const match = /^([A-Za-z_]\w{0,127})(?:\{(.*)\})?$/s.exec(name);
  if (match?.[1] === undefined) return undefined;
  if (match[2] === undefined) return { base: match[1] };
  const pairs = match[2].split(',').map((pair): readonly [string, string] => {
    const colon = pair.indexOf(':');
    return colon < 0 ? [unquote(pair), ''] : [unquote(pair.slice(0, colon)), unquote(pair.slice(colon + 1))];
  });
  return { base: match[1], tags: Object.fromEntries(pairs) };
}

function unquote(text: string): string {
  return text.trim().replace(/^["']|["']$/g, '');
}
