import { cut } from '../../../core/cut.ts';
import { rankRows } from '../../../core/gate/rank.ts';
import type { GateResult, GateRow, GateStatus } from '../../../core/gate/result.ts';
import { cleanTexts } from '../clean-texts.ts';
import { checkText, checkTone } from '../table.ts';
import {
  changeText,
  countsOf,
  durationText,
  howSure,
  isFine,
  limitText,
  MARKS,
  markOf,
  medianText,
  runnerText,
  samplesText,
  wordOf,
} from '../words.ts';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';

/** A job summary may have 1 MiB for each step (https://docs.github.com/actions, "Adding a job summary"); more is refused whole. */
export const SUMMARY_LIMIT_BYTES = 1_048_576;

export type SummaryOptions = {
  readonly limitBytes: number;
  /** Where the whole report is, e.g. the artefacts of the job. */
  readonly reportUrl?: string;
};

const TITLES: Readonly<Record<GateStatus, string>> = {
  passed: '✅ Release gate passed',
  failed: '❌ Release gate failed',
  undecided: '❔ Release gate undecided',
  inconclusive: '❔ Release gate could not measure',
  interrupted: '⏹️ Release gate interrupted',
};

/** A gate in Markdown: verdict, what needs a look, the rest folded. What does not fit is left out, the least important first, and said. */
export function gateSummary(result: GateResult, { limitBytes, reportUrl }: SummaryOptions): string {
  const shown = cleanTexts(result);
  for (const most of [1_000, 100, 20, 5]) {
    const text = withAtMost(shown, most, reportUrl);
    if (Buffer.byteLength(text) <= limitBytes) return text;
  }
  return `## ${TITLES[shown.status]}\n\n${markdownText(cut(shown.reason, 1_000))}\n\nMore does not fit here; see the report.\n`;
}

/** `most` rows of each sort, and as many notes and reasons. */
function withAtMost(result: GateResult, most: number, reportUrl: string | undefined): string {
  const rows = rankRows(result.rows);
  const [bad, fine] = [rows.filter((row) => !isFine(row)), rows.filter(isFine)];
  const parts = [
    [`## ${TITLES[result.status]}`],
    [markdownText(result.reason)],
    [headline(result)],
    bad.length === 0 ? [] : rowsTable(bad, most),
    checksOf(result, most),
    bad.slice(0, most).flatMap(explanationsOf),
    result.notes.slice(0, most).map((note) => `- Note: ${markdownText(note)}`),
    fine.length === 0 ? [] : folded(`${fine.length} measures are no worse`, rowsTable(fine, most)),
    folded('How sure this is', surenessOf(result)),
    reportUrl === undefined ? [] : [`[The whole report](<${encodeURI(reportUrl).replace(/[<>]/g, '')}>)`],
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function headline(result: GateResult): string {
  const { bad, undecided, fine } = countsOf(result);
  const against = result.urls.base === undefined ? '' : ` against ${markdownCode(result.urls.base)}`;
  return `**${bad}** regressed or broken, **${undecided}** undecided, **${fine}** no worse: ${markdownCode(result.urls.candidate)}${against}, ${durationText(result)}`;
}

function rowsTable(rows: readonly GateRow[], most: number): readonly string[] {
  const head = ['verdict', 'measure', 'base', 'candidate', 'change (interval)', 'limit', 'n'];
  const cells = rows
    .slice(0, most)
    .map((row) => [
      `${markOf(row)} ${wordOf(row)}`,
      `${markdownCode(row.name)} ${row.check}`,
      medianText(row.base, row),
      medianText(row.candidate, row),
      changeText(row),
      markdownText(limitText(row)),
      samplesText(row),
    ]);
  return [...markdownTable(head, cells), ...(rows.length > most ? ['', `and ${rows.length - most} more`] : [])];
}

function checksOf({ checks }: GateResult, most: number): readonly string[] {
  return checks
    .filter(({ status }) => status !== 'measured')
    .slice(0, most)
    .flatMap((check) => [
      `- ${MARKS[checkTone(check)]} ${checkText(check)}${check.blame === undefined ? '' : ` (blame: ${check.blame}, not the candidate)`}`,
      ...check.reasons.slice(0, most).map((reason) => `  - ${markdownText(reason)}`),
    ]);
}

function explanationsOf(row: GateRow): readonly string[] {
  if (row.explanations.length === 0) return [];
  return [
    `- ${markdownCode(row.name)} ${row.check}`,
    ...row.explanations.map((explanation) => `  - ${markdownText(explanation)}`),
  ];
}

function surenessOf(result: GateResult): readonly string[] {
  const { unfit } = result.runner;
  const sentences = unfit === undefined ? howSure(result.rates) : [`No verdict of values: ${unfit}.`];
  return [...sentences, `Measured on ${runnerText(result)}.`].map((sentence) => `- ${markdownText(sentence)}`);
}

/** A blank line after the tags, or Markdown in it is not read as such. */
function folded(title: string, lines: readonly string[]): readonly string[] {
  return [`<details><summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
