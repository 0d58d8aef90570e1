import type { Size } from './row.ts';
import { ROWS } from './rows.ts';

export type Arguments = {
  /** Names of the rows to run. */
  readonly only: readonly string[];
  readonly size: Size;
  /** Whether the sources are measured instead of what users install. */
  readonly fromSource: boolean;
  readonly out?: string;
  readonly compare?: string;
  /** Compares with a run of another machine all the same. */
  readonly evenUnlike: boolean;
};

export const USAGE = `npm run bench -- [options]
  --only <row>        one row; may be repeated. Rows: ${ROWS.map(({ name }) => name).join(', ')}
  --quick             short, for a look while working
  --smoke             tiny: shows that every row runs, its figures say nothing
  --source            measures the sources run by type stripping instead of the compiled package
  --out <file>        writes the figures as JSON
  --compare <file>    prints the figures beside those of an earlier --out
  --even-unlike       compares although the machines differ, and says so`;

/** Reads the command line; a string is what is wrong with it. */
export function readArguments(argv: readonly string[]): Arguments | string {
  const only: string[] = [];
  const paths: { out?: string; compare?: string } = {};
  let size: Size = 'full';
  let [fromSource, evenUnlike] = [false, false];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--quick' || word === '--smoke') size = word === '--quick' ? 'quick' : 'smoke';
    else if (word === '--source') fromSource = true;
    else if (word === '--even-unlike') evenUnlike = true;
    else if (word === '--only' || word === '--out' || word === '--compare') {
      const value = words.shift();
      if (value === undefined || value.startsWith('--')) return `${word} needs a value`;
      if (word === '--only') only.push(value);
      else paths[word === '--out' ? 'out' : 'compare'] = value;
    } else return `unknown argument '${word}'`;
  }
  const unknown = only.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) return `there is no row '${unknown}'`;
  return { only: only.length === 0 ? ROWS.map(({ name }) => name) : only, size, fromSource, evenUnlike, ...paths };
}
