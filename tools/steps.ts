/** One thing that `npm run check` checks. */
export type Step = {
  readonly name: string;
  /** What it is for, in one line. */
  readonly what: string;
  /** `node`, or a program that the packages bring. */
  readonly command: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  /** Whether its output is shown while it runs; else only when it fails. */
  readonly isLive?: true;
};

const MINUTE_MS = 60_000;

/** Cheap ones first, so that the common mistakes are told within seconds. */
export const STEPS: readonly Step[] = [
  { name: 'style', what: 'format and lint', command: 'biome', args: ['ci', '.'], limitMs: 2 * MINUTE_MS },
  { name: 'types', what: 'the strictest types', command: 'tsc', args: ['-p', '.'], limitMs: 5 * MINUTE_MS },
  {
    name: 'setup-types',
    what: 'types of the set-up script, which is plain JavaScript',
    command: 'tsc',
    args: ['-p', 'tools'],
    limitMs: 2 * MINUTE_MS,
  },
  {
    name: 'planted',
    what: 'a planted import cycle and a planted breach of a boundary are reported',
    command: 'node',
    args: ['--test', 'tools/check-imports.test.ts'],
    limitMs: 2 * MINUTE_MS,
  },
  {
    name: 'imports',
    what: 'no import cycles, no crossed boundaries',
    command: 'node',
    args: ['tools/check-imports.ts'],
    limitMs: MINUTE_MS,
  },
  { name: 'unused', what: 'unused files, exports and dependencies', command: 'knip', args: [], limitMs: 3 * MINUTE_MS },
  {
    name: 'package',
    what: 'the package holds what it should',
    command: 'node',
    args: ['tools/check-package.ts'],
    limitMs: 6 * MINUTE_MS,
  },
  {
    name: 'publint',
    what: 'the package can be imported as it says',
    command: 'publint',
    args: ['run', '--strict', '--pack', 'npm'],
    limitMs: 6 * MINUTE_MS,
  },
  {
    name: 'tests',
    what: 'unit, contract and end-to-end',
    command: 'node',
    args: ['tools/test.ts'],
    limitMs: 30 * MINUTE_MS,
    isLive: true,
  },
];
