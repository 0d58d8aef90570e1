import type { Clock } from '../../core/clock.ts';
import type { Tools } from '../../core/kind.ts';
import { makeRedactor } from '../../core/redact.ts';
import type { Secrets } from '../../core/secret.ts';
import { locateChromium } from '../../process/locate-tools.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

export const CHROMIUM = await findChromium();

/** Without a browser nothing of this can be tested, and to leave it out in silence would look like a pass. */
async function findChromium(): Promise<string> {
  const located = await locateChromium();
  if (located.found) return located.path;
  throw new Error(`these tests need Chromium (${located.looked.join('; ')}); to mend it: ${located.mend}`);
}

/** Every tool is found at `path`, or none is. */
export function toolsWith(path: string | undefined): Tools {
  return {
    find: () =>
      Promise.resolve(
        path === undefined
          ? { found: false, looked: ['/nowhere'], mend: 'install Chromium' }
          : { found: true, path, version: 'under test', from: 'test' },
      ),
  };
}

export function secretsOf(values: Readonly<Record<string, string>>): Secrets {
  const known = new Map(Object.entries(values));
  const redactor = makeRedactor(known);
  return {
    resolve: ({ secret }) => known.get(secret) ?? '',
    scrub: redactor.scrub,
    scrubBytes: redactor.scrubBytes,
    known: () => known,
  };
}
