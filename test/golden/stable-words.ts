import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '..', '..');

export type Varying = {
  /** The folder with the projects. */
  readonly root: string;
  /** The address of the target. */
  readonly targetUrl: string;
};

type Rule = readonly [what: string | RegExp, word: string];

/**
 * Puts stable words where a text is another one on each machine or at each call. Few and plain on purpose: what a rule
 * takes away, no golden text can tell.
 */
export function stableWords(text: string, { root, targetUrl }: Varying, isMeasured = false): string {
  const rules: readonly Rule[] = [
    [targetUrl, '<target>'],
    [root, '<folder>'],
    [process.execPath, '<node>'],
    [REPOSITORY, '<repository>'],
    // Of those that the system chooses; one that stands in the documents has four digits.
    [/(?<=127\.0\.0\.1:)\d{5}/g, '<port>'],
    [/(?<![\d.])\d+\.\d+\.\d+(?![\d.])/g, '<version>'],
    // What fills a column depends on how long the version was.
    [/<version> +/g, '<version> '],
    [/vigie_[\w-]{43}/g, '<token>'],
    [/sha256:[\da-f]{64}/g, 'sha256:<hash>'],
    ...(isMeasured ? OF_MEASURED : []),
  ];
  return rules.reduce((said, [what, word]) => said.replaceAll(what, word), text);
}

/** Only where something was really measured: durations and times of stored runs are the same each time, and checked. */
const OF_MEASURED: readonly Rule[] = [
  [/[\d.]+ (?:ms|s|min)\b/g, '<time>'],
  [/^\d\d:\d\d:\d\d /gm, '<clock> '],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<date>'],
  [/(?<= on )(?:linux|darwin|win32) .*/g, '<host>'],
  // A machine may be busy.
  [/^.*circumstances: .*\n/gm, ''],
];
