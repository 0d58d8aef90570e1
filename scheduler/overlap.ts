import type { Overlap } from '../core/check.ts';

/** What to do with a due slot whose check has an earlier one waiting or running. `replace`: stop the earlier one and follow it. */
export type OverlapDecision = 'start' | 'skip' | 'queue' | 'replace';

export function judgeOverlap(overlap: Overlap, isBusy: boolean): OverlapDecision {
  if (!isBusy) return 'start';
  switch (overlap) {
    case 'skip':
      return 'skip';
    case 'queue-one':
      return 'queue';
    case 'cancel-previous':
      return 'replace';
    case 'allow':
      return 'start';
  }
}
