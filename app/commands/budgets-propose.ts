import { snippetOf, writeBudgets } from '../../core/budget-draft.ts';
import { parseDuration } from '../../core/duration.ts';
import { ConfigError, EXIT, type ExitCode } from '../../core/errors.ts';
import { type ProposedFor, proposalText } from '../../reporters/budgets/proposal-text.ts';
import { realClock } from '../adapters/real-clock.ts';
import { proposeFor } from '../budgets/propose-for.ts';
import { loadPlan, type PlanOptions } from '../load-plan.ts';
import { selectChecks } from '../select.ts';
import type { Terminal } from '../terminal.ts';
import { NO_HISTORY, withHistory } from '../with-reader.ts';

export type ProposeOptions = PlanOptions & { readonly ids: readonly string[]; readonly since: string };

/** `vigie budgets propose`: limits that the history of each check would have kept, with what stands behind them. Changes nothing. */
export async function proposeBudgets(options: ProposeOptions, terminal: Terminal): Promise<ExitCode> {
  const span = parseDuration(options.since);
  if (span === undefined || span === 0)
    throw new ConfigError([
      { path: '--since', message: `'${options.since}' is not a duration`, hint: "write e.g. '14d'" },
    ]);
  const plan = await loadPlan(options, process.env);
  const { checks, problems } = selectChecks(plan.checks, { ids: options.ids, tags: [] });
  const to = realClock.now();
  const from = to - span;
  const found = withHistory(plan, (reader) =>
    checks.filter(({ kind }) => kind !== 'heartbeat').map((check) => proposeFor(check, reader, { from, to })),
  );
  const rows = found ?? [];
  const all = [...problems, ...(found === undefined ? [NO_HISTORY] : [])];
  if (terminal.json)
    terminal.out(
      JSON.stringify(
        { schemaVersion: 1, command: 'budgets propose', from, to, checks: rows.map(rowOf), problems: all },
        null,
        2,
      ),
    );
  for (const problem of all) terminal.say(terminal.paint.warn(problem));
  for (const row of rows) for (const line of [...proposalText(row, terminal.paint), '']) terminal.say(line);
  return all.length > 0 ? EXIT.inconclusive : exitOf(rows, options.ids.length > 0);
}

/** Where checks were named, each of them was asked for; else one that had enough is an answer. */
function exitOf(rows: readonly ProposedFor[], isAll: boolean): ExitCode {
  const told = rows.filter(({ proposed }) => proposed !== undefined).length;
  return told > 0 && (!isAll || told === rows.length) ? EXIT.passed : EXIT.inconclusive;
}

function rowOf({ proposed, ...about }: ProposedFor): object {
  if (proposed === undefined) return about;
  const { drafts, ...told } = proposed;
  const budgets = writeBudgets(drafts);
  return { ...about, ...told, budgets, snippet: snippetOf(budgets) };
}
