import assert from 'node:assert/strict';
import { z } from 'zod';
import { makeWorkspace, vigie } from '../e2e/vigie-process.ts';

const document = z.object({
  runs: z.array(
    z
      .object({
        check: z.string(),
        verdict: z
          .object({ status: z.string(), fault: z.object({ code: z.string(), message: z.string() }).optional() })
          .loose(),
      })
      .loose(),
  ),
});

/** How a check ended: its status, or the code of its fault. */
export type Ending = { readonly ended: string; readonly text: string };

/** Runs these checks once through `vigie run --json`; `settings` and `checks` are source text of the configuration. */
export async function runChecks(
  url: string,
  settings: string,
  checks: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Ending>> {
  using workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: '${url}', environment: 'test' },
    settings: ${settings},
    checks: [${checks.join(',\n')}],
  }`);
  const { stdout, stderr } = await vigie(workspace.folder, ['run', '--json', '--no-record'], env);
  assert.match(stdout, /^\{/, stderr);
  const { runs } = document.parse(JSON.parse(stdout));
  return new Map(
    runs.map((run) => [
      run.check,
      { ended: run.verdict.fault?.code ?? run.verdict.status, text: JSON.stringify(run.verdict) },
    ]),
  );
}
