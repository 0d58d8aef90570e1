// Reports import cycles (files and folders, types included) and imports across the boundaries of the layout.
//   node tools/check-imports.ts [folder]
import { dirname, resolve } from 'node:path';
import { findViolations } from './imports/find-violations.ts';
import { FOLDER_RULES } from './imports/rules.ts';

const root = resolve(process.argv[2] ?? dirname(import.meta.dirname));
const { files, imports, violations } = findViolations(root, FOLDER_RULES);
for (const violation of violations) console.error(violation);
if (files === 0 || imports === 0) {
  // Nothing read is nothing proved.
  console.error(`${root}: ${files} files with ${imports} imports of each other; is this the right folder?`);
  process.exitCode = 2;
} else if (violations.length > 0) {
  console.error(`${violations.length} violations in ${files} files`);
  process.exitCode = 1;
} else {
  console.log(`no cycles and no crossed boundaries in ${files} files with ${imports} imports`);
}
