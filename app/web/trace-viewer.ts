import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where Playwright keeps its trace viewer; `undefined` without Playwright. */
export function traceViewerFolder(): string | undefined {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
      'lib',
      'vite',
      'traceViewer',
    );
  } catch {
    // Without Playwright there are no traces to view.
    return undefined;
  }
}
