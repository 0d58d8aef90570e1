import { z } from 'zod';
import { expect, StepFailed } from './step.ts';

/** Kinds that need nothing but Node. */
const PROBES = new Set(['http', 'tcp', 'dns', 'tls', 'heartbeat']);
/** The tool that the others lack here. */
const TOOLS: Readonly<Record<string, 'chromium' | 'k6'>> = {
  journey: 'chromium',
  audit: 'chromium',
  load: 'k6',
};

const runShape = z.object({
  check: z.string(),
  kind: z.string(),
  verdict: z.object({
    status: z.string(),
    reason: z.string().optional(),
    fault: z.object({ code: z.string(), blame: z.string(), message: z.string() }).optional(),
  }),
});
export const runsShape = z.object({ exitCode: z.number().optional(), runs: z.array(runShape) });
export type RunSeen = z.output<typeof runShape>;
export const oneRunShape = runShape;

/** The command that fixes the lack of a tool, as `vigie doctor --json` names it. */
export type Fixes = Readonly<Record<'chromium' | 'k6', string>>;

const doctorShape = z.object({
  node: z.object({ version: z.string(), least: z.string() }),
  tools: z.array(
    z.object({
      name: z.string(),
      state: z.object({ found: z.boolean(), mend: z.string().optional() }),
      neededBy: z.array(z.string()),
    }),
  ),
});

/** Reads `vigie doctor --json` of a machine without browser and k6, and gives what fixes that. */
export function readDoctor(part: string, json: string): { readonly version: string; readonly fixes: Fixes } {
  const { node, tools } = doctorShape.parse(JSON.parse(json));
  const fixOf = (name: string): string => {
    const row = tools.find((tool) => tool.name === name);
    const fix = row?.state.mend ?? '';
    expect(row?.state.found === false, `${part}: doctor must find no ${name} here`, row);
    expect(row?.neededBy.length !== 0 && fix !== '', `${part}: doctor must say who needs ${name} and the command`, row);
    return fix;
  };
  for (const name of ['lhci', 'lighthouse', 'playwright'])
    expect(
      tools.find((tool) => tool.name === name)?.state.found === true,
      `${part}: ${name} comes as a package`,
      tools,
    );
  return { version: node.version, fixes: { chromium: fixOf('chromium'), k6: fixOf('k6') } };
}

/** The project's own configuration of Playwright decides which browser a spec check starts; Playwright names the command that brings it. */
const PLAYWRIGHTS_FIX = 'npx playwright install';

/** Probes pass; what needs a browser or k6 could not measure, by the tool's fault, and says the command that fixes it. */
export function expectVerdict(part: string, { check, kind, verdict }: RunSeen, fixes: Fixes): void {
  if (PROBES.has(kind)) {
    // A busy machine may cross a limit that only warns.
    expect(/^(passed|degraded)$/.test(verdict.status), `${part}: the probe '${check}' (${kind}) must pass`, verdict);
    return;
  }
  const wanted = faultOf(kind, fixes);
  const { status, fault } = verdict;
  const isRight = status === 'inconclusive' && fault?.blame === 'tool' && fault.code === wanted.code;
  expect(
    isRight && fault.message.includes(wanted.fix),
    `${part}: '${check}' (${kind}) must be inconclusive, ${wanted.code}, blame tool, with '${wanted.fix}'`,
    verdict,
  );
}

function faultOf(kind: string, fixes: Fixes): { readonly code: string; readonly fix: string } {
  const tool = TOOLS[kind];
  if (kind === 'spec') return { code: 'browser-launch', fix: PLAYWRIGHTS_FIX };
  if (tool === undefined) throw new StepFailed(`a kind of check that is not known here: ${kind}`);
  return { code: 'tool-missing', fix: fixes[tool] };
}
