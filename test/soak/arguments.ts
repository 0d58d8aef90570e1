export type SoakArguments = {
  /** Names of parts; empty means all. */
  readonly only: readonly string[];
  readonly scale: number;
  readonly seed: number;
  /** File for the figures as JSON. */
  readonly out: string | undefined;
};

const USAGE = 'npm run soak -- [--only <part>]… [--scale 0.1] [--seed <number>] [--out <file>]';

/** Reads what was typed, or says what is wrong with it. */
export function readArguments(words: readonly string[], parts: readonly string[]): SoakArguments | string {
  const only: string[] = [];
  let read = { scale: 1, seed: 20_261_124, out: undefined as string | undefined };
  for (let at = 0; at < words.length; at += 2) {
    const [option, value] = [words[at], words[at + 1]];
    if (value === undefined) return `${option}: a value is missing, or it is unknown\n  ${USAGE}`;
    if (option === '--only' && parts.includes(value)) only.push(value);
    else if (option === '--only') return `no part is named '${value}'; the parts are ${parts.join(', ')}`;
    else if (option === '--scale' && Number(value) > 0 && Number(value) <= 10) read = { ...read, scale: Number(value) };
    else if (option === '--seed' && Number.isSafeInteger(Number(value))) read = { ...read, seed: Number(value) };
    else if (option === '--out') read = { ...read, out: value };
    else return `unknown argument '${option} ${value}'\n  ${USAGE}`;
  }
  return { only, ...read };
}
