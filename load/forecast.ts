import type { Fault } from '../core/fault.ts';
import type { RunContext } from '../core/kind.ts';
import { withTempFolder } from '../process/temp-folder.ts';
import { isolation, loadModelVariables } from './arguments.ts';
import { makeFiles } from './files.ts';
import { forecast, isFault, type LoadForecast, refuseOverrides } from './inspect.ts';
import type { LoadOptions } from './options.ts';
import { findParts } from './prepare.ts';

/** What a load check will take, for `vigie plan`: by k6's own reckoning, with the check's overrides, sending nothing. */
export async function forecastLoad(
  options: LoadOptions,
  services: Pick<RunContext, 'target' | 'tools' | 'secrets' | 'baseFolder'>,
): Promise<LoadForecast | Fault> {
  const parts = await findParts(options, services);
  if (isFault(parts)) return parts;
  return withTempFolder('k6-inspect', async (folder) => {
    const files = await makeFiles(folder);
    const env = { ...parts.env, ...isolation(files) };
    const inspection = { k6: parts.k6.path, script: parts.script, config: files.config, env };
    const refusal = await refuseOverrides(options, inspection);
    return refusal ?? forecast({ ...inspection, env: { ...env, ...loadModelVariables(options) } });
  });
}
