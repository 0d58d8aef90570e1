/** A number as it is written: 0.`digits` times ten to the `exponent`, with its sign; zero has no digits. */
export type Decimal = { readonly sign: -1 | 0 | 1; readonly digits: string; readonly exponent: number };

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?)(\d+))?$/;
const ZERO: Decimal = { sign: 0, digits: '', exponent: 0 };
/** Longest exponent that a number holds exactly; longer ones are beyond every other number, or below. */
const MOST_EXPONENT_DIGITS = 15;

/** The value of a number of JSON, or of what `String` makes of one; takes as long as it is long. `undefined` for what is none. */
export function decimalOf(text: string): Decimal | undefined {
  const [, minus, whole = '', fraction = '', sign, exponent = '0'] = PARTS.exec(text) ?? [];
  if (minus === undefined) return undefined;
  const all = whole + fraction;
  const start = countZeros(all);
  if (start === all.length) return ZERO;
  return {
    sign: minus === '-' ? -1 : 1,
    digits: all.slice(start, endOfDigits(all)),
    exponent: whole.length - start + exponentOf(exponent, sign === '-'),
  };
}

/** Below 0, 0 or above, as sorting has it. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.sign !== other.sign) return one.sign - other.sign;
  if (one.exponent !== other.exponent) return one.exponent < other.exponent ? -one.sign : one.sign;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -one.sign : one.sign;
}

/** Whether JavaScript keeps a number as it is written: `1.0` and `0.1`, not `9007199254740993` or `1e400`. */
export function isKept(text: string): boolean {
  const kept = String(Number(text));
  if (kept === text) return true;
  const [one, other] = [decimalOf(text), decimalOf(kept)];
  return one !== undefined && other !== undefined && compareDecimals(one, other) === 0;
}

function countZeros(digits: string): number {
  let at = 0;
  while (digits[at] === '0') at += 1;
  return at;
}

function endOfDigits(digits: string): number {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return end;
}

function exponentOf(digits: string, isNegative: boolean): number {
  const bare = digits.slice(countZeros(digits));
  const size = bare.length > MOST_EXPONENT_DIGITS ? Number.POSITIVE_INFINITY : Number(bare);
  return isNegative ? -size : size;
}
