import { formatQuantity, type Unit } from '../core/units.ts';
import type { Change } from './compare.ts';
import { type BenchDocument, type BenchFigure, isMet } from './result.ts';

/** The table of a run, for people. */
export function printTable({ rows }: BenchDocument): string {
  return rows
    .map(({ what, figures, problem }) =>
      [
        what,
        ...figures.map((figure) => `  ${lineOf(figure)}`),
        ...(problem === undefined ? [] : [`  not measured: ${problem}`]),
      ].join('\n'),
    )
    .join('\n\n');
}

function lineOf(figure: BenchFigure): string {
  const { name, unit, spread, ceiling } = figure;
  const { median, min, max, mad, samples } = spread;
  const lies =
    samples > 1 && min !== max
      ? ` (${show(min, unit)} to ${show(max, unit)}, mad ${show(mad, unit)}, ${samples} samples)`
      : '';
  const limit =
    ceiling === undefined
      ? ''
      : `  ceiling ${ceiling.comparison} ${show(ceiling.value, unit)}: ${isMet(figure) ? 'met' : 'MISSED'}`;
  return `${name.padEnd(62)} ${show(median, unit).padStart(10)}${lies}${limit}`;
}

/** Ratios as factors: 1.02 x says more than 102 %. */
function show(value: number, unit: Unit): string {
  return unit === 'ratio' ? `${value.toFixed(3)} x` : formatQuantity(value, unit);
}

export function printChanges(changes: readonly Change[]): string {
  const lines = changes.map(({ row, name, unit, before, now, isClear }) => {
    const factor = before === 0 ? '' : ` (${(now / before).toFixed(3)} x)`;
    return `  ${row}: ${name}: ${show(before, unit)}, now ${show(now, unit)}${factor}${isClear ? '' : ', within the spread'}`;
  });
  return ['compared with the earlier run:', ...lines].join('\n');
}
