import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { LaneWidths } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { Lanes } from '../../scheduler/lanes.ts';

/** Makes the light lane narrower while this machine is out of what its runs need. */
export type LoadShedder = {
  /** Says how a run ended. */
  ended(run: Run): void;
  /** The widths of another configuration; a lane that is narrow stays so until its time is over. */
  setWidths(widths: LaneWidths): void;
  close(): void;
};

export type ShedParts = {
  readonly lanes: Pick<Lanes, 'setWidths' | 'counts'>;
  readonly widths: LaneWidths;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long the lane stays narrow after the last run that found nothing left. */
const NARROW_MS = 30_000;
const AGAIN_MS = 1_000;

/**
 * A run that found no descriptor left halves what may run at once in the light lane, at the least to one, and again after a second if it
 * was not enough. Fewer at once is slower, and it measures.
 */
export function openLoadShedder({ lanes, widths, clock, log }: ShedParts): LoadShedder {
  let wanted = widths;
  let narrow: { readonly light: number; readonly at: number } | undefined;
  let cancel = (): void => {};

  function widen(): void {
    narrow = undefined;
    lanes.setWidths(wanted);
    log.info({ light: wanted.light }, 'the light lane has its width again');
  }

  function shed(): void {
    cancel();
    cancel = clock.schedule(NARROW_MS, widen);
    const now = clock.monotonic();
    // Those that failed together are one shortage.
    if (narrow !== undefined && now - narrow.at < AGAIN_MS) return;
    const light = Math.max(
      1,
      Math.floor(Math.min(narrow?.light ?? wanted.light, lanes.counts().light.running + 1) / 2),
    );
    narrow = { light, at: now };
    lanes.setWidths({ ...wanted, light });
    log.warn({ light }, 'this machine has no file descriptor left: fewer light runs at once for a while');
  }

  return {
    ended({ verdict }) {
      if (verdict.status === 'inconclusive' && verdict.fault.code === 'host-descriptors') shed();
    },
    setWidths(next) {
      wanted = next;
      lanes.setWidths(narrow === undefined ? next : { ...next, light: Math.min(narrow.light, next.light) });
    },
    close: () => cancel(),
  };
}
