import { snippetOf, writeBudgets } from '../../core/budget-draft.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { importText } from '../../reporters/budgets/import-text.ts';
import { openTools } from '../adapters/tools.ts';
import { importFile } from '../budgets/import-file.ts';
import type { Terminal } from '../terminal.ts';

/** `vigie budgets import`: limits of Lighthouse, Lighthouse CI or k6 as budgets to paste. Changes nothing. */
export async function importBudgets(file: string, terminal: Terminal): Promise<ExitCode> {
  const { format, kind, ...imported } = await importFile(file, openTools(process.env));
  const budgets = writeBudgets(imported.drafts);
  const { notes, left } = imported;
  const about = { schemaVersion: 1, command: 'budgets import', file, format, kind };
  if (terminal.json)
    terminal.out(JSON.stringify({ ...about, budgets, snippet: snippetOf(budgets), notes, left }, null, 2));
  for (const line of importText(imported, kind, terminal.paint)) terminal.say(line);
  return imported.drafts.length > 0 ? EXIT.passed : EXIT.inconclusive;
}
