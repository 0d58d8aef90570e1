import type { Level, Limit } from '../budget.ts';
import { isWithin } from '../judge.ts';

/** What the history says of a limit that is there. */
export type Remark = {
  readonly type: 'never-binds' | 'flaps';
  readonly name: string;
  readonly level: Level;
  readonly limit: Limit;
  readonly runs: number;
  readonly worst: number;
  /** Runs that broke it, and how often it went from kept to broken or back. */
  readonly broken: number;
  readonly crossings: number;
};

/** A limit twice as far away as the worst run has told nothing, and would tell nothing of twice as slow. */
const FAR = 2;
const LEAST_CROSSINGS = 4;
const LEAST_SHARE_CROSSING = 0.01;

/** Looks at one limit over the values of runs in the order of their time. */
export function remarkOn(
  { name, level, limit }: Pick<Remark, 'name' | 'level' | 'limit'>,
  values: readonly number[],
): Remark | undefined {
  const kept = values.map((value) => isWithin(value, limit));
  const broken = kept.filter((one) => !one).length;
  const crossings = kept.filter((one, index) => index > 0 && one !== kept[index - 1]).length;
  const isCeiling = limit.comparison.startsWith('<');
  const worst = isCeiling ? Math.max(...values) : Math.min(...values);
  const about = { name, level, limit, runs: values.length, worst, broken, crossings };
  if (broken === 0 && isFar(worst, limit, isCeiling)) return { type: 'never-binds', ...about };
  const isFlapping = crossings >= LEAST_CROSSINGS && crossings >= LEAST_SHARE_CROSSING * values.length;
  return isFlapping ? { type: 'flaps', ...about } : undefined;
}

/** Shares and scores that should be high end at 1: there it is what is lacking that counts. */
function isFar(worst: number, { value, unit }: Limit, isCeiling: boolean): boolean {
  if (isCeiling) return value > 0 && worst * FAR < value;
  const endsAtOne = (unit === 'ratio' || unit === 'score') && worst <= 1;
  return endsAtOne ? (1 - worst) * FAR < 1 - value : worst > value * FAR;
}
