import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addOptionDocs, type DocBlock, readDocBlocks } from './option-docs.ts';

/** `from './x.ts'` and `import("./x.ts")`: the compiler rewrites them in JavaScript, but not in declarations. */
const RELATIVE = /((?:from |import\(|import )["']\.{1,2}\/[^"']+?)(?<!\.d)\.ts(["'])/g;

/** Makes the declarations in `folder` fit for users: importable by any version of the compiler, with the manual of the options. */
export function finishDeclarations(repository: string, folder: string): void {
  const files = globSync('**/*.d.ts', { cwd: folder });
  const blocks = new Map(files.map((file) => [file, docBlocksOf(join(repository, file.replace(/\.d\.ts$/, '.ts')))]));
  for (const file of files) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8').replace(RELATIVE, '$1.js$2');
    writeFileSync(path, addOptionDocs(text, nearestFirst(file, blocks)));
  }
}

function docBlocksOf(source: string): readonly DocBlock[] {
  return existsSync(source) ? readDocBlocks(readFileSync(source, 'utf8')) : [];
}

/** A kind's options are written in its own folder; where two literals fit equally well, that one is meant. */
function nearestFirst(file: string, blocks: ReadonlyMap<string, readonly DocBlock[]>): readonly DocBlock[] {
  const isNear = (other: string): boolean => dirname(other) === dirname(file);
  const [near, far] = [[...blocks].filter(([other]) => isNear(other)), [...blocks].filter(([other]) => !isNear(other))];
  return [...near, ...far].flatMap(([, found]) => found);
}
