import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, relative } from 'node:path';
import { type Need, parseNeeds } from './needs.ts';

export type TestFile = {
  /** Path below the root. */
  readonly file: string;
  readonly needs: ReadonlySet<Need>;
  /** How long it took when it was last written down; a guess for a file that is short or new. */
  readonly expectedMs: number;
};

export type FindRequest = {
  readonly root: string;
  /** Only files whose path contains one of these; a full path and one with `./` are understood. Default: all. */
  readonly words?: readonly string[];
  /** Whether the files of `npm run test:stack` are meant, which `npm test` leaves out. */
  readonly isStack?: boolean;
  /** Seconds by file, of those that take more than a moment. */
  readonly knownTimes?: Readonly<Record<string, number>>;
};

const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'logs', 'test-results', 'playwright-report']);
const UNKNOWN_MS = 1_000;

/** Finds the test files below `root`. (A glob given to Node's own test runner would find the tests of installed packages too.) */
export function findTestFiles({
  root,
  words = [],
  isStack = false,
  knownTimes = {},
}: FindRequest): readonly TestFile[] {
  const wanted = words.map((word) => (word.startsWith('/') ? relative(root, word) : normalize(word)));
  return list(root, '.')
    .filter((file) => file.endsWith('.stack.test.ts') === isStack)
    .filter((file) => words.length === 0 || wanted.some((word) => file.includes(word)))
    .map((file) => {
      const seconds = knownTimes[file];
      return {
        file,
        needs: parseNeeds(file, readFileSync(join(root, file), 'utf8')),
        expectedMs: seconds === undefined ? UNKNOWN_MS : seconds * 1_000,
      };
    });
}

function list(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return entry.name.endsWith('.test.ts') ? [path] : [];
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : list(root, path);
    });
}
