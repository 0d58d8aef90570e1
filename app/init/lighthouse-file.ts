import type { FirstTarget } from './first-target.ts';

/**
 * `lighthouserc.json`: every assertion in full. No preset: those name audits that newer versions of Lighthouse have
 * dropped; and the median said out loud, because Lighthouse CI's own default takes the best run.
 */
export function lighthouseFile({ origin, path }: FirstTarget): string {
  const rc = {
    ci: {
      collect: {
        url: [`${origin}${path}`],
        numberOfRuns: 3,
        settings: { onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'] },
      },
      assert: {
        aggregationMethod: 'median',
        assertions: {
          'categories:performance': ['warn', { minScore: 0.8 }],
          'categories:accessibility': ['warn', { minScore: 0.9 }],
          'categories:best-practices': ['warn', { minScore: 0.9 }],
          'categories:seo': ['warn', { minScore: 0.9 }],
          'largest-contentful-paint': ['warn', { maxNumericValue: 2500 }],
          'cumulative-layout-shift': ['warn', { maxNumericValue: 0.1 }],
          'total-blocking-time': ['warn', { maxNumericValue: 300 }],
        },
      },
    },
  };
  return `${JSON.stringify(rc, undefined, 2)}\n`;
}
