import { cut } from '../../core/cut.ts';

const LONGEST = 1_000;
// Control characters and the two line separators would let a target write its own lines into a log.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Text that came from a target, made fit for a log or a report: one line, at most `longest` characters. */
export function safeText(text: string, longest: number = LONGEST): string {
  return cut(text.trim(), longest).replace(UNSAFE, ' ').trim();
}
