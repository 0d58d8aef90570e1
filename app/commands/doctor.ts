import { EXIT, type ExitCode, messageOf } from '../../core/errors.ts';
import type { ToolFound, ToolMissing, ToolName } from '../../core/kind.ts';
import { LEAST_NODE } from '../../process/version.mjs';
import { openSecrets } from '../adapters/secrets.ts';
import { openTools } from '../adapters/tools.ts';
import { KINDS } from '../kinds.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { describeUnset, findUnsetSecrets, type UnsetSecret } from '../unset-secrets.ts';
import { VERSION } from '../version.ts';

type Row = {
  readonly name: string;
  readonly state: ToolFound | ToolMissing /** Ids of checks that cannot measure without it. */;
  readonly neededBy: readonly string[];
};

const NAMES: readonly ToolName[] = ['chromium', 'k6', 'lhci', 'lighthouse', 'playwright'];

/** `vigie doctor`: what is there, from where, what is missing and the command that fixes it. Exit 2 when the configuration needs something missing. */
export async function doctor(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const tools = openTools(process.env);
  const { needs, configuration, unset } = await neededTools(options);
  const rows: Row[] = [];
  for (const name of NAMES) rows.push({ name, state: await tools.find(name), neededBy: needs.get(name) ?? [] });
  const isMissing = rows.some((row) => !row.state.found && row.neededBy.length > 0);
  const isRoot = process.getuid?.() === 0;
  if (terminal.json)
    terminal.out(
      JSON.stringify(
        {
          schemaVersion: 1,
          vigie: VERSION,
          node: { version: process.versions.node, path: process.execPath, least: LEAST_NODE.join('.') },
          configuration,
          unsandboxed: isRoot,
          tools: rows,
          unsetSecrets: unset,
        },
        null,
        2,
      ),
    );
  else show(rows, configuration, terminal);
  for (const one of unset) terminal.say(`${terminal.paint.bad('✗')} ${describeUnset(one)}`);
  if (isRoot)
    terminal.say(
      terminal.paint.warn(
        'running as root: Chromium runs without its sandbox and every browser run is marked unsandboxed. To avoid it:\n  useradd --create-home vigie && chown -R vigie data logs && su vigie -c "npx vigie start"',
      ),
    );
  return isMissing || unset.length > 0 ? EXIT.inconclusive : EXIT.passed;
}

type Wanted = {
  readonly needs: ReadonlyMap<ToolName, readonly string[]>;
  readonly configuration: string;
  readonly unset: readonly UnsetSecret[];
};

async function neededTools(options: PlanOptions): Promise<Wanted> {
  const needs = new Map<ToolName, string[]>();
  try {
    const plan = await loadPlan(options, process.env);
    for (const check of plan.checks) {
      const kind = KINDS.find((known) => known.kind === check.kind);
      for (const tool of kind?.needs(check.options) ?? []) needs.set(tool, [...(needs.get(tool) ?? []), check.id]);
    }
    const unset = findUnsetSecrets(plan, openSecrets({ environment: process.env, folder: plan.folder }));
    return { needs, configuration: plan.file, unset };
  } catch (error) {
    // Doctor is also for machines on which nothing is configured yet; what is wrong is shown, not fatal.
    return { needs, configuration: `not usable: ${messageOf(error)}`, unset: [] };
  }
}

function show(rows: readonly Row[], configuration: string, { say, paint }: Terminal): void {
  say(
    `vigie ${VERSION}, node ${process.versions.node} (${process.execPath}); ${LEAST_NODE.join('.')} or newer is needed`,
  );
  say(`configuration: ${configuration}`);
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const { name, state, neededBy } of rows) {
    const label = name.padEnd(width);
    if (state.found)
      say(`${paint.good('✓')} ${label}  ${state.version.padEnd(14)} ${state.path} ${paint.dim(`(${state.from})`)}`);
    else {
      const weight = neededBy.length === 0 ? 'not needed by any check' : `needed by ${neededBy.join(', ')}`;
      say(`${(neededBy.length === 0 ? paint.warn : paint.bad)('✗')} ${label}  missing, ${weight}`);
      say(`  ${' '.repeat(width)}fix:  ${state.mend}`);
      for (const place of state.looked) say(paint.dim(`  ${' '.repeat(width)}looked: ${place}`));
    }
  }
}
