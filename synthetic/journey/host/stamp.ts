import { statSync } from 'node:fs';

/** Changes when the file is written; `gone` when it is not there. */
export function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'gone' : `${found.mtimeMs}/${found.size}`;
}
