import { delimiter, dirname } from 'node:path';

/**
 * Builds the whole environment of a child process: the named variables that are set here, `extra`, and PATH.
 * Nothing else is inherited, so that secrets of the parent never reach a tool that was not given them.
 *
 * PATH begins with the folder of the Node that runs us: tools that spawn a bare `node` then get this one.
 * @example allowEnvironment(['HOME', 'LANG', 'TMPDIR'], { CHROME_PATH: '/usr/bin/chromium' })
 */
export function allowEnvironment(
  names: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  source: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  const allowed: Record<string, string> = {};
  for (const name of names) {
    const value = source[name];
    if (value !== undefined) allowed[name] = value;
  }
  Object.assign(allowed, extra);
  allowed.PATH = pathWithOurNodeFirst(extra.PATH ?? source.PATH);
  return Object.freeze(allowed);
}

function pathWithOurNodeFirst(path: string | undefined): string {
  const ours = dirname(process.execPath);
  const others = (path ?? '').split(delimiter).filter((folder) => folder !== '' && folder !== ours);
  return [ours, ...others].join(delimiter);
}
