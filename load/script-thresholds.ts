import type { Fault } from '../core/fault.ts';
import { allowEnvironment } from '../process/environment.ts';
import { withTempFolder } from '../process/temp-folder.ts';
import { INHERITED, isolation } from './arguments.ts';
import { makeFiles } from './files.ts';
import { inspectThresholds, isFault } from './inspect.ts';

/** Scripts may ask for their target while they are loaded. */
const NOWHERE = 'http://127.0.0.1';

/** The thresholds of a script that belongs to no check yet, as k6 itself reads them; nothing is sent. */
export async function scriptThresholds(
  k6: string,
  script: string,
): Promise<{ readonly thresholds: Readonly<Record<string, unknown>> } | { readonly fault: Fault }> {
  return withTempFolder('k6-inspect', async (folder) => {
    const files = await makeFiles(folder);
    const env = { ...allowEnvironment(INHERITED, { VIGIE_TARGET: NOWHERE }), ...isolation(files) };
    const found = await inspectThresholds({ k6, script, config: files.config, env });
    return isFault(found) ? { fault: found } : { thresholds: found };
  });
}
