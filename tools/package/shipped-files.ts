import { cpSync, globSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the compiled program reads or runs besides what the compiler writes, at the same places below the package's folder. */
const SHIPPED: readonly string[] = [
  'process/{version,where}.mjs',
  'process/{version,where}.d.mts',
  'tools/setup.mjs',
  'tools/setup/*.mjs',
  'tools/k6/go.mod',
  'tools/k6/go.sum',
  'web/**/*.{css,js,html,svg,txt}',
];

/** Copies them from the repository; throws when a pattern finds nothing that it must find. */
export function copyShippedFiles(repository: string, to: string): readonly string[] {
  return SHIPPED.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: repository });
    if (found.length === 0 && !pattern.includes('**'))
      throw new Error(
        `nothing in ${repository} is called ${pattern}; correct the list in tools/package/shipped-files.ts`,
      );
    for (const file of found) {
      mkdirSync(dirname(join(to, file)), { recursive: true });
      cpSync(join(repository, file), join(to, file));
    }
    return found;
  });
}
