import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { VigieError } from '../core/errors.ts';

/** Where everything temporary of this user's Vigie lives: `<os tmp>/vigie-<uid>`, mode 0700, made when missing. */
export function openTempRoot(parent: string = tmpdir()): string {
  const { uid } = userInfo();
  const root = join(parent, `vigie-${uid}`);
  mkdirSync(root, { mode: 0o700, recursive: true });
  const found = lstatSync(root);
  // The temp folder is everybody's: another user may have put a link or a folder of theirs under our name.
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new VigieError('temp-root-unsafe', `${root} is not a private folder of user ${uid}`, {
      hint: `remove it, or set TMPDIR to a folder of your own`,
    });
  }
  return root;
}
