// Refuses a package that carries what it should not, or lacks what it must have.
//   node tools/check-package.ts
import { dirname } from 'node:path';
import { allowEnvironment } from '../process/environment.ts';
import { runProcess } from '../process/run-process.ts';
import { judgePackedFiles, readPackedFiles } from './package/packed-files.ts';

/** A package without a list of files packs the whole repository; the first lines say as much as all of them. */
const SHOWN = 30;
const PACK_LIMIT_MS = 5 * 60 * 1000;

const ending = await runProcess({
  command: 'npm',
  // What `prepack` builds is what is judged, so scripts run; their output would be in the way of the JSON.
  args: ['pack', '--dry-run', '--json', '--loglevel=error', '--foreground-scripts=false'],
  cwd: dirname(import.meta.dirname),
  env: allowEnvironment(Object.keys(process.env)),
  deadlineMs: PACK_LIMIT_MS,
});
if (ending.how !== 'exited' || ending.code !== 0) {
  console.error(`npm pack ended ${ending.how === 'exited' ? `with code ${ending.code}` : `as '${ending.how}'`}`);
  console.error(ending.how === 'notStarted' ? ending.message : ending.stderr);
  process.exitCode = 2;
} else {
  const files = readPackedFiles(ending.stdout);
  const problems = judgePackedFiles(files);
  for (const problem of problems.slice(0, SHOWN)) console.error(problem);
  if (problems.length > SHOWN) console.error(`and ${problems.length - SHOWN} more like these`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${files.length} files in the package, all of them expected`);
}
