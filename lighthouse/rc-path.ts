import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * The folder from which lighthouserc names a file. Lighthouse CI takes such a path from the folder in which it is started, mostly the root
 * of the project, wherever lighthouserc lies; here it is looked for beside that and then in the folders above.
 */
export function folderOf(path: string, { folder }: { readonly folder: string }): string {
  let looked = folder;
  while (!existsSync(resolve(looked, path))) {
    if (dirname(looked) === looked) return folder;
    looked = dirname(looked);
  }
  return looked;
}

export function fileNamedBy(path: string, rc: { readonly folder: string }): string {
  return resolve(folderOf(path, rc), path);
}
