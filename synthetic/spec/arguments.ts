import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunContext } from '../../core/kind.ts';
import { allowEnvironment } from '../../process/environment.ts';
import type { SpecOptions } from './options.ts';

/** Where one run reads and writes. */
export type SpecFiles = {
  readonly folder: string;
  readonly report: string;
  readonly output: string;
  readonly pages: string;
};

const REPORTER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './reporter.ts' : './reporter.js', import.meta.url),
);
const PASSED_ON = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'PLAYWRIGHT_BROWSERS_PATH',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'FONTCONFIG_PATH',
];

/** Tests write beside their output folder, too; the report lies where no name of theirs can meet it. */
export function filesOf(options: SpecOptions, context: RunContext, temp: string): SpecFiles {
  const folder = resolve(context.baseFolder, options.folder);
  const own = join(temp, randomBytes(16).toString('hex'));
  return { folder, report: join(own, 'report.ndjson'), output: join(temp, 'output'), pages: join(temp, 'pages') };
}

/** The command line of the project's own Playwright. `--forbid-only`: a `test.only` left behind would pass on one test. */
export function buildArguments(options: SpecOptions, { folder, output }: SpecFiles): readonly string[] {
  return [
    findCli(folder),
    'test',
    ...options.files,
    ...(options.config === undefined ? [] : ['--config', options.config]),
    ...options.projects.flatMap((project) => ['--project', project]),
    ...(options.grep === undefined ? [] : ['--grep', options.grep]),
    `--workers=${options.workers}`,
    `--retries=${options.retries}`,
    `--output=${output}`,
    `--add-reporter=${REPORTER}`,
    '--forbid-only',
  ];
}

/** Values of secrets may stand in the environment of the one project that asked for them, and nowhere else. */
export function buildEnvironment(
  options: SpecOptions,
  context: RunContext,
  files: SpecFiles,
  chromium: string | undefined,
): Readonly<Record<string, string>> {
  const own = Object.entries(options.env).map(
    ([name, value]) => [name, typeof value === 'string' ? value : context.secrets.resolve(value)] as const,
  );
  return allowEnvironment(PASSED_ON, {
    VIGIE_TARGET: context.target.baseUrl,
    ...(chromium === undefined ? {} : { VIGIE_CHROMIUM: chromium }),
    ...Object.fromEntries(own),
    VIGIE_SPEC_REPORT: files.report,
    // The HTML reporter would serve its page until somebody ends it.
    PLAYWRIGHT_HTML_OPEN: 'never',
    // In the project's folder two runs would empty it for each other, and a developer's own report would be lost.
    PLAYWRIGHT_HTML_OUTPUT_DIR: files.pages,
    PLAYWRIGHT_BLOB_OUTPUT_DIR: `${files.pages}-blob`,
    NO_COLOR: '1',
  });
}

/** The Playwright that the project itself depends on; ours when it has none. */
function findCli(folder: string): string {
  for (const from of [join(folder, 'package.json'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve('@playwright/test')), 'cli.js');
    } catch {
      // Not installed there: the next place is looked at.
    }
  }
  throw new RangeError(`no @playwright/test can be found from ${folder}; install it there: npm i -D @playwright/test`);
}
