import { EXIT, type ExitCode } from '../../core/errors.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import type { Terminal } from '../terminal.ts';

/** `vigie validate`: loads the configuration and says that it is right; problems come as a ConfigError, all at once. */
export async function validate(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = await loadPlan(options, process.env);
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
        },
        null,
        2,
      ),
    );
  }
  terminal.say(
    `${terminal.paint.good('valid')}: ${counted(plan.checks.length, 'check')} (${kinds.join(', ')}), ${counted(plan.channels.length, 'channel')}, in ${plan.file}`,
  );
  return EXIT.passed;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
