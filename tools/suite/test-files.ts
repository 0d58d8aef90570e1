import { readdirSync } from 'node:fs';
import { join, normalize, relative } from 'node:path';

/** Test files by how they may run: those that must be alone on the machine, and those that may run beside each other. */
export type TestFiles = { readonly together: readonly string[]; readonly alone: readonly string[] };

const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'logs', 'test-results', 'playwright-report']);

/**
 * Tests that measure time or the state of this machine, and those whose audits and load tests ask for the one lock of the machine: beside
 * another of them each would measure or wait for the other. All others bear company; a run would take half as long again without.
 */
const ALONE: readonly RegExp[] = [
  /^bench\/(smoke|measure)/,
  /^lighthouse\/real-lighthouse/,
  /^load\/(run|scenarios)\./,
  /^synthetic\/journey\/(endings|login|run|safety)\./,
  /^test\/(faults|gate)\//,
  /^test\/e2e\/(clean-stop|command-line|gate-explanation|history|main-job|npm-start|odd-folders|start)\./,
  /^test\/no-false-green\/(audit|commands|load)\./,
  /^test\/nothing-lost\/leftovers/,
  /^test\/safe\/(canary|hostile-text|sandbox)\./,
];

/**
 * Finds the test files below `root`; with `words` only those whose path begins with one of them or contains one of them.
 * (A glob given to Node's own test runner would find the tests of installed packages too.)
 */
export function findTestFiles(root: string, words: readonly string[] = []): TestFiles {
  const wanted = words.map((word) => (word.startsWith('/') ? relative(root, word) : normalize(word)));
  const files = list(root, '.').filter((file) => words.length === 0 || wanted.some((word) => file.includes(word)));
  return {
    together: files.filter((file) => !isAlone(file)),
    alone: files.filter(isAlone),
  };
}

function isAlone(file: string): boolean {
  return ALONE.some((pattern) => pattern.test(file));
}

function list(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return /(?<!\.stack)\.test\.ts$/.test(entry.name) ? [path] : [];
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : list(root, path);
    });
}
