import { ConfigError, type Diagnostic, EXIT, type ExitCode } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { openTools } from '../adapters/tools.ts';
import { KINDS } from '../kinds.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';
import { describeUnset, findUnsetSecrets } from '../unset-secrets.ts';

/** `vigie validate`: loads the configuration and says that it is right; problems come as a ConfigError, all at once. */
export async function validate(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = await loadPlan(options, process.env);
  const problems = await inspectFiles(plan);
  if (problems.length > 0) throw new ConfigError(problems);
  const unset = findUnsetSecrets(plan, openSecrets({ environment: process.env, folder: plan.folder }));
  const kinds = [...new Set(plan.checks.map((check) => check.kind))];
  if (terminal.json) {
    terminal.out(
      JSON.stringify(
        {
          schemaVersion: 1,
          valid: true,
          problems: [],
          checks: plan.checks.map(({ id, kind, hash }) => ({ id, kind, hash })),
          hash: plan.hash,
          unsetSecrets: unset,
        },
        null,
        2,
      ),
    );
  }
  terminal.say(
    `${terminal.paint.good('valid')}: ${counted(plan.checks.length, 'check')} (${kinds.join(', ')}), ${counted(plan.channels.length, 'channel')}, in ${plan.file}`,
  );
  // Where a configuration is validated its secrets are often not there, so this is no problem of the configuration.
  for (const one of unset) terminal.say(terminal.paint.warn(describeUnset(one)));
  return EXIT.passed;
}

/** What is wrong inside the files that checks name, each problem once. */
async function inspectFiles({ checks, folder }: Plan): Promise<readonly Diagnostic[]> {
  const services = { baseFolder: folder, tools: openTools(process.env), signal: new AbortController().signal };
  const found: Diagnostic[] = [];
  for (const check of checks) {
    const kind = KINDS.find((known) => known.kind === check.kind);
    found.push(...((await kind?.inspect?.(check.options, services)) ?? []));
  }
  const byText = new Map(found.map((problem) => [JSON.stringify(problem), problem]));
  return [...byText.values()];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
