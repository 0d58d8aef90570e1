/**
 * What a test file may need of the machine. It says so in a line of its own:
 *
 *     // suite: waits
 *
 * Without that line it is an ordinary file, which keeps one core busy. The lock of the machine is no need: each file
 * has a temporary folder of its own, and the lock lives in there.
 */
const NEEDS = ['quiet', 'waits'] as const;

/**
 * - `quiet`: alone on the machine, because it measures time or the state of the host;
 * - `waits`: more than one a core, because it mostly waits for timers, processes that start, or disks.
 */
export type Need = (typeof NEEDS)[number];

const LINE = /^\/\/ suite: *(.*)$/gm;

/** Reads the line of a test file; one that is not understood is refused, for it would be no need at all. */
export function parseNeeds(file: string, text: string): ReadonlySet<Need> {
  const words = [...text.matchAll(LINE)].flatMap(([, list = '']) => list.split(',').map((word) => word.trim()));
  for (const word of words) if (!isNeed(word)) throw new UnknownNeed(file, word);
  return new Set(words.filter(isNeed));
}

/** Thrown for a word that is no need. */
export class UnknownNeed extends Error {
  override readonly name = 'UnknownNeed';
  constructor(file: string, word: string) {
    super(`${file} says "// suite: ${word}": write one or several of ${NEEDS.join(', ')}`);
  }
}

function isNeed(word: string): word is Need {
  return NEEDS.some((need) => need === word);
}
