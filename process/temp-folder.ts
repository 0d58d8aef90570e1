import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { ownerToText, thisOwner } from './owner.ts';
import { openTempRoot } from './temp-root.ts';

/** Names the owner of a temp folder, so that the folders of a killed process are known for what they are. */
export const OWNER_FILE = '.vigie-owner';

/** The start of every temp folder's name. */
export const FOLDER_PREFIX = 'run-';

/**
 * Gives `use` a new folder that only this user may enter, and removes it afterwards however `use` ends.
 * The folder is `<os tmp>/vigie-<uid>/run-<pid>-<prefix>-<random>`.
 * @example await withTempFolder('k6', async (folder) => runProcess({ …, cwd: folder, recordIn: folder }))
 */
export async function withTempFolder<T>(
  prefix: string,
  use: (folder: string) => Promise<T>,
  root: string = openTempRoot(),
): Promise<T> {
  if (!/^[a-z0-9-]{1,40}$/.test(prefix)) {
    throw new RangeError(`withTempFolder: prefix is '${prefix}'; give 1 to 40 lower-case letters, digits or dashes`);
  }
  const folder = await mkdtemp(join(root, `${FOLDER_PREFIX}${process.pid}-${prefix}-`));
  try {
    writeFileSync(join(folder, OWNER_FILE), ownerToText(thisOwner()), { mode: 0o600 });
    return await use(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** What was measured must not be lost because a tool left something that cannot be removed, hence a warning. */
export async function removeFolder(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
    return true;
  } catch (error) {
    process.emitWarning(`the temp folder ${folder} could not be removed: ${messageOf(error)}; remove it by hand`);
    return false;
  }
}
