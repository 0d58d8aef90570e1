import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LighthouseRc } from './rc.ts';
import { folderOf } from './rc-path.ts';

/** Lighthouse CI takes the script's path for one below its working folder, even when it is absolute. */
export const PUPPETEER_SCRIPT = 'puppeteer-script.cjs';

/** Puts a program into the working folder of a collect that loads and calls the script where it belongs: beside lighthouserc, with the files there. */
export async function layOutPuppeteer(rc: LighthouseRc, cwd: string): Promise<void> {
  if (rc.collect.puppeteerScript === undefined) return;
  const folder = folderOf(rc.collect.puppeteerScript, rc);
  const script = resolve(folder, rc.collect.puppeteerScript);
  await writeFile(join(cwd, PUPPETEER_SCRIPT), program(script, folder), { mode: 0o600 });
}

/** The folder is left again, because Lighthouse CI looks for the script in its own each time. */
function program(script: string, folder: string): string {
  return `const [script, folder] = ${JSON.stringify([script, folder])};
module.exports = async (...args) => {
  const back = process.cwd();
  process.chdir(folder);
  try {
    const call = require(script);
    if (typeof call !== 'function') throw new Error(script + ' does not export a function');
    return await call(...args);
  } finally {
    process.chdir(back);
  }
};
`;
}
