import { rankRows } from '../../../core/gate/rank.ts';
import type { GateCheck, GateResult, GateRow } from '../../../core/gate/result.ts';
import { cleanTexts } from '../clean-texts.ts';
import { checkText } from '../table.ts';
import { changeText, isFine, limitText, TONES, wordOf } from '../words.ts';

type Annotation = { readonly level: 'error' | 'warning'; readonly title: string; readonly message: string };

/** GitHub shows so many of each level for a step and drops the rest. */
const MOST = 10;

/** Lines for the log of a GitHub runner, which makes annotations of them; the verdict first, then the worst. */
export function gateAnnotations(result: GateResult): readonly string[] {
  const shown = cleanTexts(result);
  const all = [
    ...verdictOf(shown),
    ...shown.checks.filter(({ status }) => status !== 'measured').map(ofCheck),
    ...rankRows(shown.rows)
      .filter((row) => !isFine(row))
      .map(ofRow),
  ];
  return (['error', 'warning'] as const).flatMap((level) =>
    all
      .filter((each) => each.level === level)
      .slice(0, MOST)
      .map(command),
  );
}

function verdictOf({ status, reason }: GateResult): readonly Annotation[] {
  if (status === 'passed') return [];
  return [{ level: status === 'failed' ? 'error' : 'warning', title: `Release gate: ${status}`, message: reason }];
}

function ofCheck(check: GateCheck): Annotation {
  const message = [checkText(check), ...check.reasons].join('\n');
  return { level: check.status === 'broken' ? 'error' : 'warning', title: `${check.check}: ${check.status}`, message };
}

function ofRow(row: GateRow): Annotation {
  const change = changeText(row);
  return {
    level: TONES[wordOf(row)] === 'bad' ? 'error' : 'warning',
    title: `${row.check}: ${row.name} ${wordOf(row)}`,
    message: [`${change === '' ? '' : `${change}, `}limit ${limitText(row)}`, ...row.explanations].join('\n'),
  };
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands; escapes as `@actions/core` makes them. */
function command({ level, title, message }: Annotation): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
