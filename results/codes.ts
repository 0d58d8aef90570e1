import {
  SKIP_REASONS,
  type SkipReason,
  TRIGGERS,
  type Trigger,
  VERDICT_STATUSES,
  type VerdictStatus,
} from '../core/run.ts';

/**
 * The numbers that stand for words in the tables that grow. They are the meaning of files on people's disks:
 * a number is never given to another word (pinned by a test).
 */
export const STATUS_CODES: Readonly<Record<VerdictStatus, number>> = {
  passed: 0,
  degraded: 1,
  failed: 2,
  inconclusive: 3,
  skipped: 4,
};
export const SKIP_CODES: Readonly<Record<SkipReason, number>> = {
  overlap: 0,
  maintenance: 1,
  paused: 2,
  missed: 3,
  capacity: 4,
  cancelled: 5,
  shutdown: 6,
};
export const TRIGGER_CODES: Readonly<Record<Trigger, number>> = { slot: 0, manual: 1, gate: 2, confirmation: 3 };

export const statusOfCode = readerOf('status', VERDICT_STATUSES, STATUS_CODES);
export const skipReasonOfCode = readerOf('skip_reason', SKIP_REASONS, SKIP_CODES);
export const triggerOfCode = readerOf('trigger_code', TRIGGERS, TRIGGER_CODES);

function readerOf<Word extends string>(
  column: string,
  words: readonly Word[],
  codes: Readonly<Record<Word, number>>,
): (code: number) => Word {
  const byCode = new Map(words.map((word) => [codes[word], word]));
  return (code) => {
    const word = byCode.get(code);
    if (word === undefined) throw new RangeError(`Column '${column}' of the store holds ${code}, which has no meaning`);
    return word;
  };
}
