import { EXIT } from '../../core/errors.ts';
import { rankRows } from '../../core/gate/rank.ts';
import type { GateCheck, GateResult, GateRow } from '../../core/gate/result.ts';
import { cleanTexts } from './clean-texts.ts';
import { checkText } from './table.ts';
import { changeText, limitText, medianText, samplesText, TONES, wordOf } from './words.ts';
import { element, type Xml, xmlDocument } from './xml.ts';

/**
 * One suite for the decision, so that nothing but a passed gate is green, and one for each check: a case for the check as a whole and one for
 * each of its measures.
 */
export function gateJunit(result: GateResult, { exitCode }: { readonly exitCode: number }): string {
  const shown = cleanTexts(result);
  const rows = rankRows(shown.rows);
  const checks = [...shown.checks, ...checksOfRowsAlone(shown)];
  const suites = [decisionSuite(shown, exitCode), ...checks.map((check) => suiteOf(check, rows, shown, exitCode))];
  const total = (key: keyof Counts): string => String(suites.reduce((sum, { counts }) => sum + counts[key], 0));
  const attributes = { tests: total('tests'), failures: total('failures'), errors: total('errors') };
  return xmlDocument(
    element(
      'testsuites',
      { name: 'vigie gate', ...attributes, time: seconds(shown.durationMs) },
      suites.map(({ xml }) => xml),
    ),
  );
}

/** A row without its check is still told. */
function checksOfRowsAlone({ rows, checks }: GateResult): readonly GateCheck[] {
  const known = new Set(checks.map(({ check }) => check));
  const alone = new Map(rows.filter(({ check }) => !known.has(check)).map((row) => [row.check, row]));
  return [...alone.values()].map(({ check, kind, stage }) => {
    return { check, kind, stage, name: check, status: 'measured', reasons: [], runs: [] };
  });
}

function decisionSuite({ status, reason, startedAt, durationMs }: GateResult, exitCode: number): Suite {
  const ending = status === 'failed' ? 'failure' : status === 'passed' ? 'passed' : couldNotTell(exitCode);
  const content = ending === 'passed' ? element('system-out', {}, [reason]) : problem(ending, status, reason, reason);
  const counts = countsOf([ending]);
  const attributes = { ...asTexts(counts), time: seconds(durationMs), timestamp: new Date(startedAt).toISOString() };
  const xml = testCase('vigie gate', 'release decision', durationMs, [content]);
  return { counts, xml: element('testsuite', { name: 'release decision', ...attributes }, [xml]) };
}

function couldNotTell(exitCode: number): Ending {
  return exitCode === EXIT.passed ? 'skipped' : 'error';
}

type Counts = { readonly tests: number; readonly failures: number; readonly errors: number; readonly skipped: number };
/** `error` for what could not be told and stops the pipeline, `skipped` for what could not be told and does not. */
type Ending = 'passed' | 'failure' | 'error' | 'skipped';
type Suite = { readonly xml: Xml; readonly counts: Counts };
type Case = { readonly ending: Ending; readonly xml: Xml };

function suiteOf(check: GateCheck, rows: readonly GateRow[], { runner }: GateResult, exitCode: number): Suite {
  const own = rows.filter((row) => row.check === check.check);
  const cases = [caseOfCheck(check, exitCode), ...own.map((row) => caseOfRow(row, exitCode))];
  const counts = countsOf(cases.map(({ ending }) => ending));
  const properties = [
    ['kind', check.kind],
    ['stage', check.stage],
    ['status', check.status],
    ...Object.entries(runner.tools).map(([tool, version]) => [`tool ${tool}`, version]),
    ...own.flatMap(propertiesOf),
  ].map(([name = '', value = '']) => element('property', { name, value }));
  const attributes = { name: check.check, ...asTexts(counts), time: seconds(durationOf(check)), ...startOf(check) };
  const xml = element('testsuite', attributes, [
    element('properties', {}, properties),
    ...cases.map((each) => each.xml),
  ]);
  return { counts, xml };
}

function countsOf(endings: readonly Ending[]): Counts {
  const count = (wanted: Ending): number => endings.filter((ending) => ending === wanted).length;
  return { tests: endings.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

/** Values as numbers in the unit of the measure, for tools that read them. */
function propertiesOf(row: GateRow): readonly (readonly [string, string])[] {
  return [
    [`${row.name} unit`, row.unit],
    ...(row.base === undefined ? [] : ([[`${row.name} base`, String(row.base.median)]] as const)),
    [`${row.name} candidate`, String(row.candidate.median)],
    [`${row.name} samples`, samplesText(row)],
  ];
}

function caseOfCheck(check: GateCheck, exitCode: number): Case {
  const ending = endingOfCheck(check, exitCode);
  const content =
    ending === 'passed' ? [] : [problem(ending, check.status, checkText(check), check.reasons.join('\n'))];
  return { ending, xml: testCase(check.check, 'can be measured', durationOf(check), content) };
}

function endingOfCheck({ status }: GateCheck, exitCode: number): Ending {
  switch (status) {
    case 'measured':
      return 'passed';
    case 'broken':
      return 'failure';
    case 'base-broken':
    case 'not-measured':
      return 'error';
    case 'not-run':
      return couldNotTell(exitCode);
  }
}

function caseOfRow(row: GateRow, exitCode: number): Case {
  const word = wordOf(row);
  const ending = endingOfRow(row, exitCode);
  const change = changeText(row);
  const line = `${word}: ${[medianText(row.base, row), medianText(row.candidate, row)].filter((text) => text !== '').join(' → ')}${change === '' ? '' : `, ${change}`}, limit ${limitText(row)}, ${samplesText(row)} samples`;
  const details = [line, ...row.explanations].join('\n');
  const content = ending === 'passed' ? element('system-out', {}, [details]) : problem(ending, word, line, details);
  return { ending, xml: testCase(row.check, row.name, 0, [content]) };
}

function endingOfRow(row: GateRow, exitCode: number): Ending {
  if (TONES[wordOf(row)] === 'bad') return 'failure';
  if (row.verdict !== 'undecided') return 'passed';
  return exitCode === EXIT.inconclusive ? 'error' : 'skipped';
}

function testCase(check: string, name: string, durationMs: number, content: readonly Xml[]): Xml {
  return element('testcase', { name, classname: check, time: seconds(durationMs) }, content);
}

function problem(ending: 'failure' | 'error' | 'skipped', type: string, message: string, details: string): Xml {
  return element(ending, { type, message }, [details]);
}

function durationOf({ runs }: GateCheck): number {
  return runs.reduce((total, run) => total + run.durationMs, 0);
}

function startOf({ runs }: GateCheck): Readonly<Record<string, string>> {
  const first = runs[0];
  return first === undefined ? {} : { timestamp: new Date(first.startedAt).toISOString() };
}

function asTexts(counts: Counts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, String(count)]));
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(3);
}
