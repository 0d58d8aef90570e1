export type Column = { readonly heading: string; readonly align: 'left' | 'right' };
export type Cell = { readonly text: string; readonly paint?: (text: string) => string };

const GAP = '  ';
/** Narrower than this the growing column would be a column of letters; then lines are longer than asked for. */
const LEAST_WIDTH = 16;

/** A table for a terminal of `width` columns: all columns are as wide as they need, the first takes what is left and wraps. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paintHead: (text: string) => string,
): readonly string[] {
  const head = columns.map(({ heading }): Cell => ({ text: heading, paint: paintHead }));
  const all = [head, ...rows];
  const needed = columns.map((_, index) => Math.max(...all.map((row) => widthOf(row[index]?.text ?? ''))));
  const others = needed.slice(1).reduce((total, needs) => total + needs + GAP.length, 0);
  const first = Math.max(LEAST_WIDTH, Math.min(needed[0] ?? 0, width - others));
  const widths = [first, ...needed.slice(1)];
  return all.flatMap((row) => lines(row, columns, widths));
}

function lines(row: readonly Cell[], columns: readonly Column[], widths: readonly number[]): readonly string[] {
  const [first = { text: '' }, ...rest] = row;
  const [head = '', ...more] = wrap(first.text, widths[0] ?? LEAST_WIDTH);
  const paint = first.paint ?? ((text: string) => text);
  const cells = [{ ...first, text: head }, ...rest].map((cell, index) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell.text)));
    const painted = cell.text === '' || cell.paint === undefined ? cell.text : cell.paint(cell.text);
    return columns[index]?.align === 'right' ? space + painted : painted + space;
  });
  return [cells.join(GAP).trimEnd(), ...more.map(paint)];
}

/** Lines after the first are set in. */
const SET_IN = '    ';
/** Nothing of a target begins a line with `::`, where a CI runner would look for commands. */
const COMMAND_AWAY = '  ↳ ';

/** Breaks at spaces, and inside words that are longer than a line. `lead` stands before the first line. */
export function wrap(text: string, width: number, lead = ''): readonly string[] {
  const room = width - SET_IN.length;
  const found: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => pieces(part, room - lead.length))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || widthOf(longer) <= (found.length === 0 ? width - lead.length : room)) line = longer;
    else {
      found.push(line);
      line = word;
    }
  }
  return [...found, line].map(
    (each, index) => (index === 0 ? lead : each.startsWith('::') ? COMMAND_AWAY : SET_IN) + each,
  );
}

function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const found = [''];
  for (const character of word) {
    const last = found.length - 1;
    const longer = `${found[last]}${character}`;
    if (widthOf(longer) <= width) found[last] = longer;
    else found.push(character);
  }
  return found;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/gu;

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  const shown = text.replace(NO_WIDTH, '');
  return [...shown].length + (shown.match(WIDE)?.length ?? 0);
}
