import { parseQuantity, SUFFIXES, type Unit } from './units.ts';

/** Suffixes as people use them, the largest first. */
const USUAL: Readonly<Record<Unit, readonly string[]>> = {
  ms: ['s', 'ms'],
  bytes: ['MB', 'MiB', 'kB', 'KiB', 'B'],
  ratio: ['%'],
  count: [''],
  score: [''],
  per_second: ['/s'],
};
const MOST_DIGITS = 3;

/** A quantity as a person would write it in a budget, e.g. `1.2s`, `150KiB`, `95%`; read back it is the same to twelve digits. */
export function writeQuantity(value: number, unit: Unit): string {
  const factors: Readonly<Record<string, number>> = SUFFIXES[unit];
  const forms = USUAL[unit].map((suffix) => {
    const amount = Number((value / (factors[suffix] ?? 1)).toPrecision(12));
    return { amount, text: `${plain(amount)}${suffix}` };
  });
  const isSame = (text: string): boolean => {
    const parsed = parseQuantity(text, unit);
    return 'value' in parsed && parsed.value === value;
  };
  const short = forms.find(
    ({ amount, text }) => Math.abs(amount) >= 1 && digitsOf(amount) <= MOST_DIGITS && isSame(text),
  );
  return (short ?? forms.at(-1))?.text ?? '';
}

function digitsOf(value: number): number {
  return plain(Math.abs(value))
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
}

function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/** The nearest value of two significant digits that is no less (`up`) or no more (`down`); counts are whole. */
export function roundOutwards(value: number, way: 'up' | 'down', unit: Unit): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const steps = Number((value / step).toPrecision(12));
  const rounded = Number(((way === 'up' ? Math.ceil(steps) : Math.floor(steps)) * step).toPrecision(3));
  if (unit !== 'count') return rounded;
  return way === 'up' ? Math.ceil(rounded) : Math.floor(rounded);
}
