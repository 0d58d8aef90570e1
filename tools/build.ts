// Compiles the package: JavaScript for everything that runs, declarations for what users import.
//   node tools/build.ts [--unchecked] [folder]     default dist
//   --unchecked     a third of the time, for tests: a mistake of types is left to those who look for it
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { allowEnvironment } from '../process/environment.ts';
import { runProcess } from '../process/run-process.ts';
import { finishDeclarations } from './package/finish-declarations.ts';
import { copyShippedFiles } from './package/shipped-files.ts';

const ROOT = dirname(import.meta.dirname);
const COMPILE_LIMIT_MS = 5 * 60 * 1000;
/** Two programs: with the web folder in the same one, an augmentation of zod makes the compiler declare options as `any`. */
const PROJECTS = ['tsconfig.build.json', 'tsconfig.types.json'];

const { values, positionals } = parseArgs({ options: { unchecked: { type: 'boolean' } }, allowPositionals: true });
const folder = resolve(positionals[0] ?? join(ROOT, 'dist'));
rmSync(folder, { recursive: true, force: true });
process.exitCode = (await compileAll()) ? finish() : 1;

async function compileAll(): Promise<boolean> {
  let isGood = true;
  for (const project of PROJECTS) {
    const ending = await runProcess({
      command: process.execPath,
      args: [
        join(ROOT, 'node_modules', '.bin', 'tsc'),
        ...['-p', join(ROOT, project), '--outDir', folder],
        // Threads of the compiler do part of the work twice; tests run beside others and have no idle core for that.
        ...(values.unchecked ? ['--noCheck', '--singleThreaded'] : []),
      ],
      cwd: ROOT,
      env: allowEnvironment(Object.keys(process.env)),
      deadlineMs: COMPILE_LIMIT_MS,
    });
    if (ending.how === 'exited' && ending.code === 0) continue;
    console.error(`${project} was not compiled (${ending.how})`);
    console.error(ending.how === 'notStarted' ? ending.message : ending.stdout + ending.stderr);
    isGood = false;
  }
  return isGood;
}

function finish(): number {
  finishDeclarations(ROOT, folder);
  const copied = copyShippedFiles(ROOT, folder);
  chmodSync(join(folder, 'app', 'main.js'), 0o755);
  console.error(`compiled into ${folder}, ${copied.length} files copied beside`);
  return 0;
}
