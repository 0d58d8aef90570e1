import { rankRows } from '../../core/gate/rank.ts';
import type { GateCheck, GateResult, GateRow, GateRun, GateStatus } from '../../core/gate/result.ts';
import type { Paint } from '../describe-run.ts';
import { cleanTexts } from './clean-texts.ts';
import { type Cell, type Column, textTable, wrap } from './text-table.ts';
import {
  changeText,
  durationText,
  howSure,
  isFine,
  limitText,
  MARKS,
  markOf,
  medianText,
  runnerText,
  STATUS_TONES,
  samplesText,
  TONES,
  type Tone,
  wordOf,
} from './words.ts';

const WIDTH = 100;
/** Good news beyond so many rows is folded. */
const MOST_FINE = 15;
const MOST_EXPLAINED = 5;

const COLUMNS: readonly Column[] = [
  { heading: 'metric', align: 'left' },
  { heading: 'base', align: 'right' },
  { heading: 'candidate', align: 'right' },
  { heading: 'change (interval)', align: 'left' },
  { heading: 'limit', align: 'left' },
  { heading: 'verdict', align: 'left' },
  { heading: 'n', align: 'right' },
];

export type TableOptions = { readonly paint: Paint; readonly verbose: boolean };

/** A gate on a terminal: the table, the worst first, then what is behind it, and the verdict on the last lines. */
export function gateTable(result: GateResult, { paint, verbose }: TableOptions): readonly string[] {
  const shown = cleanTexts(result);
  const rows = rankRows(shown.rows);
  const bad = rows.filter((row) => !isFine(row));
  const fine = rows.filter(isFine);
  const kept = verbose ? fine : fine.slice(0, MOST_FINE);
  const parts = [
    tableOf([...bad, ...kept], paint),
    fine.length > kept.length ? [paint.dim(`and ${fine.length - kept.length} more without change`)] : [],
    checksOf(shown.checks, paint),
    explanationsOf(bad.slice(0, verbose ? undefined : MOST_EXPLAINED), shown, paint),
    shown.notes.flatMap((note) => paragraph(`note: ${note}`, paint.dim)),
    verdictOf(shown, paint),
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : ['', ...part]))
    .map(withoutCommands);
}

function tableOf(rows: readonly GateRow[], paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  return textTable(
    COLUMNS,
    rows.map((row) => cellsOf(row, paint)),
    WIDTH,
    paint.dim,
  );
}

function cellsOf(row: GateRow, paint: Paint): readonly Cell[] {
  const tone = TONES[wordOf(row)];
  return [
    { text: `${row.check} ${row.name}`, ...(tone === 'good' ? {} : { paint: paint.bold }) },
    { text: medianText(row.base, row) },
    { text: medianText(row.candidate, row) },
    { text: changeText(row), ...(row.type === 'absolute' ? { paint: paint.dim } : {}) },
    { text: limitText(row) },
    { text: `${markOf(row)} ${wordOf(row)}`, paint: painter(tone, paint) },
    { text: samplesText(row), paint: paint.dim },
  ];
}

function painter(tone: Tone, paint: Paint): (text: string) => string {
  return paint[tone];
}

const CHECK_WORDS: Readonly<Record<GateCheck['status'], string>> = {
  measured: 'measured',
  broken: 'is broken on the candidate',
  'base-broken': 'is broken on the baseline, so nothing can be compared',
  'not-measured': 'could not be measured',
  'not-run': 'was not run',
};

/** `checkout (journey) is broken on the candidate`. */
export function checkText({ check, kind, status }: GateCheck): string {
  return `${check} (${kind}) ${CHECK_WORDS[status]}`;
}

export function checkTone({ status }: GateCheck): Tone {
  switch (status) {
    case 'measured':
      return 'good';
    case 'broken':
      return 'bad';
    case 'base-broken':
    case 'not-measured':
      return 'warn';
    case 'not-run':
      return 'dim';
  }
}

function checksOf(checks: readonly GateCheck[], paint: Paint): readonly string[] {
  return checks
    .filter(({ status }) => status !== 'measured')
    .flatMap((check) => {
      const tone = checkTone(check);
      const blame = check.blame === undefined ? '' : ` (blame: ${check.blame}, not the candidate)`;
      return [
        `${painter(tone, paint)(MARKS[tone])} ${checkText(check)}${blame}`,
        ...check.reasons.flatMap((reason) => paragraph(reason, (same) => same, '  - ')),
      ];
    });
}

function explanationsOf(rows: readonly GateRow[], { checks }: GateResult, paint: Paint): readonly string[] {
  return rows.flatMap((row) => {
    const evidence = evidenceOf(row, checks).slice(0, 3);
    if (row.explanations.length === 0 && evidence.length === 0) return [];
    return [
      ...paragraph(`${row.check} ${row.name}`, paint.bold, `${markOf(row)} `),
      ...row.explanations.flatMap((explanation) => paragraph(explanation, (same) => same, '  - ')),
      ...(evidence.length === 0 ? [] : [paint.dim(`  evidence: ${evidence.map(({ file }) => file).join(', ')}`)]),
    ];
  });
}

export type EvidenceFile = GateRun['artefacts'][number] & Pick<GateRun, 'side' | 'pair'>;

/** Files of the runs that show the worst of a row. */
export function evidenceOf({ check, evidence }: GateRow, checks: readonly GateCheck[]): readonly EvidenceFile[] {
  const runs = checks.find((each) => each.check === check)?.runs ?? [];
  return evidence.flatMap((id) => {
    const run = runs.find((each) => each.id === id);
    return (run?.artefacts ?? []).map((artefact) => ({
      ...artefact,
      side: run?.side ?? 'candidate',
      pair: run?.pair ?? 0,
    }));
  });
}

const HEADLINES: Readonly<Record<GateStatus, string>> = {
  passed: 'PASSED',
  failed: 'FAILED',
  undecided: 'UNDECIDED',
  inconclusive: 'INCONCLUSIVE',
  interrupted: 'INTERRUPTED',
};

function verdictOf(result: GateResult, paint: Paint): readonly string[] {
  const { status, reason, runner } = result;
  const sure = runner.unfit === undefined ? howSure(result.rates) : [`No verdict of values: ${runner.unfit}.`];
  return [
    ...sure.flatMap((sentence) => paragraph(sentence, paint.dim)),
    ...paragraph(
      `${result.maxDurationMs === 0 ? 'measured within' : 'took'} ${durationText(result)} on ${runnerText(result)}`,
      paint.dim,
    ),
    ...paragraph(`${HEADLINES[status]}: ${reason}`, (text) => painter(STATUS_TONES[status], paint)(paint.bold(text))),
  ];
}

function paragraph(text: string, paint: (text: string) => string = (same) => same, lead = ''): readonly string[] {
  return wrap(text, WIDTH, lead).map(paint);
}

/** GitHub's runner obeys `##[…]` wherever it stands in a line of a log. */
function withoutCommands(line: string): string {
  return line.replaceAll('##[', '# #[');
}
