import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What stands in the root of a project: a file of that name further up belongs to somebody else. */
const ROOT_MARKS = ['package.json', '.git'];

/**
 * The folder from which lighthouserc names a file. Lighthouse CI takes such a path from the folder in which it is started, mostly the root
 * of the project, wherever lighthouserc lies; here it is looked for beside that and then in the folders above, up to that root.
 */
export function folderOf(path: string, { folder }: { readonly folder: string }): string {
  let looked = folder;
  while (!existsSync(resolve(looked, path))) {
    if (isRoot(looked) || dirname(looked) === looked) return folder;
    looked = dirname(looked);
  }
  return looked;
}

function isRoot(folder: string): boolean {
  return ROOT_MARKS.some((mark) => existsSync(resolve(folder, mark)));
}

export function fileNamedBy(path: string, rc: { readonly folder: string }): string {
  return resolve(folderOf(path, rc), path);
}
