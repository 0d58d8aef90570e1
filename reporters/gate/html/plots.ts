import { html } from 'hono/html';
import type { AbsoluteRow, GateRow, RelativeRow } from '../../../core/gate/result.ts';
import { formatQuantity } from '../../../core/units.ts';
import { changeText, isKnown, limitText, medianText } from '../words.ts';
import type { Html } from './markup.ts';

const WIDTH = 440;
const LEFT = 76;
const RIGHT = WIDTH - 14;
const BASE_Y = 20;
const CANDIDATE_Y = 56;
const FLOOR = 72;

/** `small` leaves out the words at the left, for a table that says them. */
export type PlotSize = 'whole' | 'small';

type Scale = (value: number) => number;

/** Where values stand between the edges of a drawing, with air at both ends. */
function scaleOf(values: readonly number[]): Scale {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const air = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  const [from, to] = [low - air, high + air];
  return (value) => LEFT + ((Math.min(to, Math.max(from, value)) - from) / (to - from)) * (RIGHT - LEFT);
}

/** Every pair as two dots and the line between them, medians as bars, the limit as a dashed line with what is beyond it hatched. */
export function pairsPlot(row: GateRow, size: PlotSize = 'whole'): Html {
  const limit = row.type === 'absolute' ? row.limit.value : limitInUnits(row);
  const base = row.base?.values ?? [];
  const x = scaleOf([...base, ...row.candidate.values, limit]);
  const lines = base.slice(0, row.candidate.values.length).map((value, index) => {
    const other = row.candidate.values[index] ?? value;
    return html`<line class="pair" x1="${at(x(value))}" y1="${BASE_Y}" x2="${at(x(other))}" y2="${CANDIDATE_Y}"/>`;
  });
  return drawing(
    size,
    `Values of ${row.name}: ${describeSides(row)}, limit ${limitText(row)}`,
    html`${beyond(x(limit), isCeiling(row))}${lines}
${row.base === undefined ? '' : lane('base', row.base.values, row.base.median, x, BASE_Y)}
${lane('candidate', row.candidate.values, row.candidate.median, x, CANDIDATE_Y)}
${axis(x, [row.base?.median, row.candidate.median, limit], (value) => formatQuantity(value, row.unit), limit)}`,
  );
}

/** The change with its interval between no change and the limit. */
export function changePlot(row: RelativeRow, size: PlotSize = 'whole'): Html {
  const { estimate, low, high } = row.change;
  const limit = row.better === 'lower' ? row.effect.by : -row.effect.by;
  const x = scaleOf([0, limit, -limit / 2, low, high, estimate]);
  const y = 38;
  const show = (value: number): string =>
    value === 0 ? '0' : `${value > 0 ? '+' : ''}${formatQuantity(value, row.effect.ratio ? 'ratio' : row.unit)}`;
  return drawing(
    size,
    `Change of ${row.name}: ${changeText(row)}, limit ${limitText(row)}`,
    html`${beyond(x(limit), row.better === 'lower')}
<text class="label" x="0" y="${y + 4}">change</text>
<line class="zero" x1="${at(x(0))}" y1="8" x2="${at(x(0))}" y2="${FLOOR}"/>
${isKnown(row) ? interval(row, x, y) : ''}
${axis(x, [0, limit, estimate], show, limit)}`,
  );
}

function interval({ change }: RelativeRow, x: Scale, y: number): Html {
  const [low, high] = [at(x(change.low)), at(x(change.high))];
  return html`<line class="interval" x1="${low}" y1="${y}" x2="${high}" y2="${y}"/>
<line class="interval" x1="${low}" y1="${y - 7}" x2="${low}" y2="${y + 7}"/>
<line class="interval" x1="${high}" y1="${y - 7}" x2="${high}" y2="${y + 7}"/>
<circle class="candidate" cx="${at(x(change.estimate))}" cy="${y}" r="5"/>`;
}

function drawing(size: PlotSize, label: string, content: Html): Html {
  const left = size === 'small' ? LEFT - 8 : 0;
  return html`<svg class="plot" viewBox="${left} 0 ${WIDTH - left} 92" role="img" aria-label="${label}">${content}</svg>`;
}

function lane(name: 'base' | 'candidate', values: readonly number[], median: number, x: Scale, y: number): Html {
  return html`<text class="label" x="0" y="${y + 4}">${name}</text>
${values.map((value) => html`<circle class="${name}" cx="${at(x(value))}" cy="${y}" r="3.5"/>`)}
<line class="median ${name}" x1="${at(x(median))}" y1="${y - 11}" x2="${at(x(median))}" y2="${y + 11}"/>`;
}

/** What is beyond the limit is hatched, so that it is told apart without colour. */
function beyond(limit: number, upwards: boolean): Html {
  const [from, to] = upwards ? [limit, RIGHT + 14] : [LEFT - 6, limit];
  const strokes = Array.from({ length: Math.max(0, Math.floor((to - from) / 9)) }, (_, index) => {
    const left = from + index * 9;
    return html`<line class="hatch" x1="${at(left)}" y1="${FLOOR}" x2="${at(Math.min(left + 18, to))}" y2="8"/>`;
  });
  return html`<rect class="beyond" x="${at(from)}" y="8" width="${at(Math.max(0, to - from))}" height="${FLOOR - 8}"/>${strokes}<line class="limit" x1="${at(limit)}" y1="4" x2="${at(limit)}" y2="${FLOOR + 2}"/>`;
}

/** About what a character takes, in units of the drawing. */
const CHARACTER = 7.6;

/** Values written below; of two that would overlap the limit stays, then the later. */
function axis(x: Scale, values: readonly (number | undefined)[], show: (value: number) => string, limit: number): Html {
  const wanted = [limit, ...values.filter((value) => value !== limit).reverse()].filter(
    (value) => value !== undefined && Number.isFinite(value),
  );
  const kept: { readonly text: string; readonly centre: number; readonly half: number }[] = [];
  for (const value of wanted.filter((each) => each !== undefined)) {
    const text = value === limit ? `limit ${show(value)}` : show(value);
    const half = (text.length * CHARACTER) / 2;
    const centre = Math.min(WIDTH - half, Math.max(LEFT - 8 + half, x(value)));
    if (kept.every((other) => Math.abs(other.centre - centre) > other.half + half)) kept.push({ text, centre, half });
  }
  return html`<line class="floor" x1="${LEFT - 6}" y1="${FLOOR}" x2="${RIGHT + 14}" y2="${FLOOR}"/>
${kept.map(({ text, centre }) => html`<text class="value" x="${at(centre)}" y="${FLOOR + 16}">${text}</text>`)}`;
}

function limitInUnits({ base, effect, better }: RelativeRow): number {
  const by = effect.ratio ? Math.abs(base.median) * effect.by : effect.by;
  return better === 'lower' ? base.median + by : base.median - by;
}

function isCeiling(row: GateRow): boolean {
  return row.type === 'absolute' ? ceilingOf(row) : row.better === 'lower';
}

function ceilingOf({ limit }: AbsoluteRow): boolean {
  return limit.comparison.startsWith('<');
}

function describeSides(row: GateRow): string {
  const candidate = `candidate median ${medianText(row.candidate, row)}`;
  return row.base === undefined ? candidate : `base median ${medianText(row.base, row)}, ${candidate}`;
}

function at(position: number): string {
  return position.toFixed(1);
}
