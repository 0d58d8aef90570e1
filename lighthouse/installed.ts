import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/**
 * The version of the Lighthouse that a Lighthouse CI executable will start. It is resolved from there, because npm
 * overrides reach only the root project: two versions may be installed. Undefined when it cannot be told.
 */
export async function lighthouseBehind(lhci: string): Promise<string | undefined> {
  try {
    const main = createRequire(await realpath(lhci)).resolve('lighthouse');
    const text = await readFile(join(dirname(main), '..', 'package.json'), 'utf8');
    return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  } catch {
    // Not an npm installation, e.g. a wrapper script. Each Lighthouse result names its version anyway.
    return undefined;
  }
}

const preset = z.object({ assertions: z.record(z.string(), z.unknown()) });

/** The assertions of a preset such as `lighthouse:recommended`, from the Lighthouse CI that is used; undefined when it has none of that name. */
export async function loadPreset(lhci: string, name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const short = /^lighthouse:([a-z-]+)$/.exec(name)?.[1];
  if (short === undefined) return undefined;
  try {
    return preset.parse(createRequire(await realpath(lhci))(`@lhci/utils/src/presets/${short}.js`)).assertions;
  } catch {
    // The one thing to say is the same whatever the reason: this Lighthouse CI has no such preset.
    return undefined;
  }
}
