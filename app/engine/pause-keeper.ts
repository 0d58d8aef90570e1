import type { CheckId } from '../../core/identifiers.ts';
import type { Pause } from '../../core/store.ts';

/** Who is told of pauses at once, besides the store: the scheduler. */
export type PauseListener = { pause(pause: Pause): void; resume(check: CheckId): void };

export type PauseKeeper = PauseListener & {
  all(): readonly Pause[];
  /** From now on this one is told. Until then nothing is lost: it begins with `all()`. */
  tell(listener: PauseListener): void;
};

/** Remembers which checks are paused; starts from what the store kept. */
export function keepPauses(resumed: readonly Pause[]): PauseKeeper {
  const pauses = new Map(resumed.map((pause) => [pause.check, pause]));
  let listener: PauseListener | undefined;
  return {
    all: () => [...pauses.values()],
    tell(other) {
      listener = other;
    },
    pause(pause) {
      pauses.set(pause.check, pause);
      listener?.pause(pause);
    },
    resume(check) {
      pauses.delete(check);
      listener?.resume(check);
    },
  };
}
