import { cut } from '../core/cut.ts';

const LONGEST_LINE = 1_200;

/** Text of a target on one line: line breaks, terminal codes and marks that turn the direction of writing become spaces, so that it cannot pose as anything else. */
export function oneLine(text: string): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .toWellFormed();
  return cut(line, LONGEST_LINE);
}
