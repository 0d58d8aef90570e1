import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, messageOf } from '../core/errors.ts';
import { runProcess } from '../process/run-process.ts';
import { moduleEnvironment } from './arguments.ts';
import { CONFIG_LEVELS, lighthouseConfig } from './config-sections.ts';
import { fileWith, type LighthouseRc } from './rc.ts';
import { fileNamedBy } from './rc-path.ts';
import { explain } from './rc-problems.ts';
import { type JsonFile, readJson } from './read-json.ts';

/** What is wrong with the configuration of Lighthouse that lighthouserc.json names. Lighthouse ignores a mistyped key in silence. */
export async function configPathProblems(rc: LighthouseRc, signal: AbortSignal): Promise<readonly Diagnostic[]> {
  const { configPath } = rc.collect.settings;
  if (configPath === undefined) return [];
  const file = fileNamedBy(configPath, rc);
  try {
    const { value, problems } = extname(file) === '.json' ? await readJson(file) : await loadModule(file, signal);
    const parsed = lighthouseConfig.safeParse(value);
    return [...problems, ...(parsed.success ? [] : explain(parsed.error, { file, levels: CONFIG_LEVELS }))];
  } catch (error) {
    const path = 'ci.collect.settings.configPath';
    return [{ file: fileWith(path, rc), path, message: `${file} cannot be read: ${messageOf(error)}` }];
  }
}

const LOAD_MS = 30_000;
const MARK = 'lighthouse-config:';

/** Prints the keys of a module's configuration, as deep as they are checked; values may be classes. */
const PRINT_KEYS = `
const keys = (value, depth) =>
  typeof value !== 'object' || value === null ? null
  : Array.isArray(value) ? []
  : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, depth > 1 ? keys(inner, depth - 1) : null]));
const { default: config } = await import(process.argv[1]);
if (config === undefined) throw new Error('it has no default export');
process.stdout.write('\\n${MARK}' + JSON.stringify(keys(config, 3)) + '\\n');
`;

/** Loads a module as Lighthouse does, in a process of its own: it is the user's program, and may have changed since the last run. */
async function loadModule(file: string, signal: AbortSignal): Promise<JsonFile> {
  const ending = await runProcess({
    command: process.execPath,
    args: ['--input-type=module', '--eval', PRINT_KEYS, pathToFileURL(file).href],
    env: moduleEnvironment(),
    deadlineMs: LOAD_MS,
    signal,
  });
  // A deadline, a cancelled run or a starved host is no fault of the file; Lighthouse will meet the same, and its ending tells.
  if (ending.how !== 'exited') return { value: {}, problems: [] };
  const line = ending.stdout.split('\n').find((one) => one.startsWith(MARK));
  if (line === undefined)
    throw new Error(/^\w*Error.*$/m.exec(ending.stderr)?.[0] ?? `loading it ended with ${ending.code}`);
  return { value: JSON.parse(line.slice(MARK.length)), problems: [] };
}
