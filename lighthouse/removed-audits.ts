/**
 * Audits that Lighthouse 13 no longer has and what measures the same now; an empty text where nothing does.
 * Found by running 12.6.1 and 13.5.0 over one page; the presets of Lighthouse CI 0.15.1 still name them.
 */
export const REMOVED_AUDITS: Readonly<Record<string, string>> = {
  'critical-request-chains': 'network-dependency-tree-insight',
  'dom-size': 'dom-size-insight',
  'duplicated-javascript': 'duplicated-javascript-insight',
  'efficient-animated-content': 'image-delivery-insight',
  'first-meaningful-paint': 'largest-contentful-paint',
  'font-display': 'font-display-insight',
  'font-size': '',
  'interaction-to-next-paint-insight': 'inp-breakdown-insight',
  'largest-contentful-paint-element': 'lcp-breakdown-insight',
  'lcp-lazy-loaded': 'lcp-discovery-insight',
  'lcp-phases-insight': 'lcp-breakdown-insight',
  'legacy-javascript': 'legacy-javascript-insight',
  'modern-image-formats': 'image-delivery-insight',
  'no-document-write': '',
  'offscreen-images': '',
  'performance-budget': 'resource-summary:total:size',
  'prioritize-lcp-image': 'lcp-discovery-insight',
  'render-blocking-resources': 'render-blocking-insight',
  'third-party-facades': 'third-parties-insight',
  'third-party-summary': 'third-parties-insight',
  'timing-budget': 'largest-contentful-paint',
  'uses-http2': 'modern-http-insight',
  'uses-long-cache-ttl': 'cache-insight',
  'uses-optimized-images': 'image-delivery-insight',
  'uses-passive-event-listeners': '',
  'uses-rel-preconnect': 'network-dependency-tree-insight',
  'uses-responsive-images': 'image-delivery-insight',
  'uses-text-compression': 'document-latency-insight',
  viewport: 'viewport-insight',
};

/** The first major version without them. */
export const REMOVED_SINCE_MAJOR = 13;

/** The major number of a version such as `13.5.0`; undefined for anything else. */
export function majorOf(version: string | undefined): number | undefined {
  const match = /^(\d+)\./.exec(version ?? '');
  return match ? Number(match[1]) : undefined;
}
