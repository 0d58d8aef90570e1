import type { Limit } from '../../core/budget.ts';
import type {
  AbsoluteRow,
  GateResult,
  GateRow,
  GateStatus,
  Rates,
  RelativeRow,
  SideValues,
} from '../../core/gate/result.ts';
import { formatQuantity } from '../../core/units.ts';

/** How a row came out, in one word for a person. `improved`: the whole interval is better by the least change that matters. */
export type Word = 'regressed' | 'broken' | 'warned' | 'undecided' | 'no worse' | 'kept' | 'improved';
export type Tone = 'bad' | 'warn' | 'good' | 'dim';

export const TONES: Readonly<Record<Word, Tone>> = {
  regressed: 'bad',
  broken: 'bad',
  warned: 'warn',
  undecided: 'warn',
  'no worse': 'good',
  kept: 'good',
  improved: 'good',
};

/** A sign beside each colour, for those who do not see it. */
export const MARKS: Readonly<Record<Tone, string>> = { bad: '✗', warn: '?', good: '✓', dim: '-' };

export const STATUS_TONES: Readonly<Record<GateStatus, Tone>> = {
  passed: 'good',
  failed: 'bad',
  undecided: 'warn',
  inconclusive: 'warn',
  interrupted: 'dim',
};

export function markOf(row: GateRow): string {
  const word = wordOf(row);
  return word === 'warned' ? '!' : MARKS[TONES[word]];
}

export function wordOf(row: GateRow): Word {
  switch (row.verdict) {
    case 'broken':
      return row.type === 'absolute' && row.level === 'warn' ? 'warned' : 'broken';
    case 'not-regressed':
      return row.type === 'relative' && isImproved(row) ? 'improved' : 'no worse';
    case 'regressed':
    case 'undecided':
    case 'kept':
      return row.verdict;
  }
}

function isImproved({ change, effect, better }: RelativeRow): boolean {
  return better === 'lower' ? change.high <= -effect.by : change.low >= effect.by;
}

/** Whether a row is good news, which may be folded away. */
export function isFine(row: GateRow): boolean {
  return TONES[wordOf(row)] === 'good';
}

/** `+12.3 % (+8.1 … +16 %)`; without an interval where there is none to give. */
export function changeText(row: GateRow): string {
  if (row.type === 'absolute') return row.base === undefined ? '' : plainChange(row.base, row);
  if (!isKnown(row)) return 'cannot be told';
  const { estimate, low, high } = row.change;
  const [first, last] = [signed(low, row), signed(high, row)];
  return `${signed(estimate, row)} (${withoutUnit(first, last)} … ${last})`;
}

/** A change as a share of a baseline of 0 is no number. */
export function isKnown({ change }: RelativeRow): boolean {
  return !Object.values(change).some(Number.isNaN);
}

function plainChange(base: SideValues, { candidate }: AbsoluteRow): string {
  if (base.median === candidate.median) return '0 %';
  return base.median === 0 ? '' : withSign((candidate.median - base.median) / Math.abs(base.median), 'ratio');
}

function signed(value: number, { effect, unit }: RelativeRow): string {
  return withSign(value, effect.ratio ? 'ratio' : unit);
}

function withSign(value: number, unit: GateRow['unit']): string {
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '-∞';
  return `${value > 0 ? '+' : ''}${formatQuantity(value, unit)}`;
}

/** `+8 …` instead of `+8 % …` before `+16 %`. */
function withoutUnit(text: string, other: string): string {
  const unit = / \S+$/.exec(other)?.[0] ?? '';
  return unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length) : text;
}

/** `< +5 %` of the baseline, or `<= 2.5 s`. */
export function limitText(row: GateRow): string {
  if (row.type === 'absolute') return absoluteLimit(row.limit);
  return row.better === 'lower' ? `< ${signed(row.effect.by, row)}` : `> ${signed(-row.effect.by, row)}`;
}

function absoluteLimit({ comparison, value, unit }: Limit): string {
  return `${comparison} ${formatQuantity(value, unit)}`;
}

export function medianText(side: SideValues | undefined, { unit }: GateRow): string {
  return side === undefined ? '' : formatQuantity(side.median, unit);
}

/** Values of the candidate; of both sides where they are not as many. */
export function samplesText({ base, candidate }: GateRow): string {
  const [ours, theirs] = [candidate.values.length, base?.values.length];
  return theirs === undefined || theirs === ours ? String(ours) : `${theirs}/${ours}`;
}

/** What the verdict stands on, in plain words, a sentence each. */
export function howSure({ falseAlarm, miss, calibrated }: Rates): readonly string[] {
  const planned = `A release that changes nothing fails in at most ${percent(falseAlarm)} of gates; a measure that is worse by its limit passes in at most ${percent(miss)}.`;
  if (calibrated === undefined) return [planned];
  const { falseAlarms, gates, falseAlarmAtMost, pairs } = calibrated;
  const alarms = `${falseAlarms} false ${falseAlarms === 1 ? 'alarm' : 'alarms'}`;
  return [
    planned,
    `Measured on such a machine: ${alarms} in ${gates} gates of the baseline against itself, ${pairs} pairs each, so at most ${percent(falseAlarmAtMost)} with 95 % confidence.`,
  ];
}

function percent(share: number): string {
  return formatQuantity(share, 'ratio');
}

/** `linux x64, 2 cores of Xeon, 8.3 GB; chromium 156, k6 2.2.0`. */
export function runnerText({ runner }: GateResult): string {
  const { platform, arch, cpuModel, cores, memoryBytes } = runner.host;
  const tools = Object.entries(runner.tools).map(([tool, version]) => `${tool} ${version}`);
  const host = `${platform} ${arch}, ${cores} × ${cpuModel}, ${formatQuantity(memoryBytes, 'bytes')}`;
  return tools.length === 0 ? host : `${host}; ${tools.join(', ')}`;
}

export function durationText({ durationMs, maxDurationMs }: GateResult): string {
  // What was measured earlier had no end to keep.
  if (maxDurationMs === 0) return formatQuantity(durationMs, 'ms');
  return `${formatQuantity(durationMs, 'ms')} of at most ${formatQuantity(maxDurationMs, 'ms')}`;
}

/** How many measures and checks failed, how many measures are undecided, how many are good news. */
export function countsOf({ rows, checks }: Pick<GateResult, 'rows' | 'checks'>): {
  readonly bad: number;
  readonly undecided: number;
  readonly fine: number;
} {
  const count = (wanted: (row: GateRow) => boolean): number => rows.filter(wanted).length;
  return {
    bad: count((row) => TONES[wordOf(row)] === 'bad') + checks.filter(({ status }) => status === 'broken').length,
    undecided: count((row) => row.verdict === 'undecided'),
    fine: count(isFine),
  };
}
