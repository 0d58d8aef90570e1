/** Units a measured value can have. Internally time is always milliseconds, size always bytes; Prometheus base units are made in one place (`reporters`). */
export const UNITS = ['ms', 'bytes', 'ratio', 'count', 'score', 'per_second'] as const;
export type Unit = (typeof UNITS)[number];

/** Suffixes a person may write for each unit and the factor to the internal unit. `ratio` takes percent; `count` and `score` are bare numbers. */
export const SUFFIXES = {
  ms: { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  bytes: {
    B: 1,
    kB: 1_000,
    KB: 1_000,
    KiB: 1_024,
    MB: 1_000_000,
    MiB: 1_048_576,
    GB: 1_000_000_000,
    GiB: 1_073_741_824,
  },
  ratio: { '%': 0.01 },
  count: { '': 1 },
  score: { '': 1 },
  per_second: { '/s': 1, '/min': 1 / 60 },
} as const satisfies Record<Unit, Record<string, number>>;

/** What a person may write for a value of unit `U`, e.g. `'300ms'`, `'1.5MB'`, `'95%'`, `'0.9'` (score), `'20/s'`. Checked by the compiler. */
export type Quantity<U extends Unit> = U extends Unit ? `${number}${keyof (typeof SUFFIXES)[U] & string}` : never;

export type ParsedQuantity = { readonly value: number; readonly unit: Unit };
export type QuantityProblem = { readonly problem: string };

const SHAPE = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*([A-Za-z%/]*)$/;

/**
 * Reads `'300ms'` as `{ value: 300, unit: 'ms' }` when `unit` is what the measure has.
 * Returns a problem that names the value got and the forms that are accepted, never throws.
 */
export function parseQuantity(text: string, unit: Unit): ParsedQuantity | QuantityProblem {
  const match = SHAPE.exec(text.trim());
  const factors: Readonly<Record<string, number>> = SUFFIXES[unit];
  const suffix = match?.[2] ?? '';
  const factor = match && Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  if (!match || factor === undefined) return { problem: wrongQuantity(text, suffix, unit) };
  return { value: scale(Number(match[1]), factor), unit };
}

/** 95 * 0.01 is 0.9500000000000001 and 99.9 / 100 is 0.9990000000000001, which would break the limit `>= 99.9%` for a value of exactly 99.9 %. */
function scale(value: number, factor: number): number {
  if (factor === SUFFIXES.ratio['%']) return Number((value / 100).toPrecision(15));
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}

function wrongQuantity(text: string, suffix: string, unit: Unit): string {
  const forms = Object.keys(SUFFIXES[unit]).map((form) => `'1${form}'`);
  const other = UNITS.find((candidate) => suffix !== '' && Object.hasOwn(SUFFIXES[candidate], suffix));
  const mismatch = other === undefined ? '' : ` (that is a ${other})`;
  return `'${text}' is not a quantity in ${unit}${mismatch}: write ${forms.join(', ')}`;
}

/** Shows a value as a person would write it: 1234 ms as `1.23 s`, 0.957 ratio as `95.7 %`. */
export function formatQuantity(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return inUnit(value, DURATIONS, [86_400_000, 'days']);
    case 'bytes':
      return inUnit(value, SIZES, [1_000_000_000, 'GB']);
    case 'ratio':
      return `${round(value * 100)} %`;
    case 'per_second':
      return `${round(value)}/s`;
    case 'count':
    case 'score':
      return round(value);
  }
}

/** Units from small to large, each with how many of it make the next one worth showing. */
type Scale = readonly (readonly [size: number, unit: string, fewerThan: number])[];
const DURATIONS: Scale = [
  [1, 'ms', 1_000],
  [1_000, 's', 60],
  [60_000, 'min', 60],
  [3_600_000, 'h', 48],
];
const SIZES: Scale = [
  [1, 'B', 1_000],
  [1_000, 'kB', 1_000],
  [1_000_000, 'MB', 1_000],
];

/** What is shown decides, not the value: 59.999 s would be shown as 60 s, which is a minute. */
function inUnit(value: number, scale: Scale, [largest, itsUnit]: readonly [size: number, unit: string]): string {
  const fits = scale.find(([size, , fewerThan]) => Math.abs(Number(round(value / size))) < fewerThan);
  const [size, unit] = fits ?? [largest, itsUnit];
  return `${round(value / size)} ${unit}`;
}

/** Three significant digits, without an exponent and without trailing zeros. */
function round(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
