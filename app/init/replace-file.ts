import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Changes a file of the user's whole or not at all: a full disk must not leave half of it. Links and rights stay. */
export function replaceFile(path: string, text: string): void {
  const file = realpathSync(path);
  const beside = `${file}.vigie-${process.pid}`;
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    chmodSync(beside, statSync(file).mode);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
