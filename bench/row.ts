import type { Unit } from '../core/units.ts';
import type { Spread } from './measure/spread.ts';

/** What a figure may cost at most (or must reach at least); from the table of ceilings in the design. */
export type Ceiling = { readonly comparison: '<=' | '>='; readonly value: number };

/** One measured figure of a row; a ratio is ours over the bare tool's unless its name says otherwise. */
export type Figure = {
  readonly name: string;
  readonly unit: Unit;
  readonly spread: Spread;
  readonly ceiling?: Ceiling;
};

export const SIZES = ['full', 'quick', 'smoke'] as const;
/** `full` for figures to quote, `quick` to look while working, `smoke` to see that a row runs at all. */
export type Size = (typeof SIZES)[number];

export type RowContext = {
  readonly size: Size;
  /** Fires at the row's deadline and on interruption. */
  readonly signal: AbortSignal;
  /** What is going on, for people. */
  readonly say: (text: string) => void;
  /** The program measured as `vigie`: the compiled one, or the sources. */
  readonly program: string;
  /** The public entry that configurations import, of the same build. */
  readonly entry: string;
};

/** One row of the table: Vigie beside the bare tool, in the same run. */
export type Row = {
  readonly name: string;
  readonly what: string;
  /** Milliseconds that the row may take in each size before it is given up. */
  readonly limitMs: Readonly<Record<Size, number>>;
  run(context: RowContext): Promise<readonly Figure[]>;
};

/** Thrown by a row that cannot be measured here; the message names what is missing. */
export class CannotMeasure extends Error {}
