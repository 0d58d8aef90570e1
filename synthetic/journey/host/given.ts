import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from '@playwright/test';
import type { JourneyContext } from '../journey.ts';
import type { JourneyRequest } from '../protocol.ts';
import { type Cleanups, createCleanups } from './cleanups.ts';
import type { RunHooks } from './ending.ts';
import type { LoadedJourney } from './load.ts';
import { LoggedOutError } from './logged-out.ts';
import { type OwnMeasures, recordOwnMeasures } from './own-measures.ts';
import type { Session } from './session.ts';
import { recordSteps, type Steps } from './steps.ts';
import { type WatchedExpect, watchExpect } from './watched-expect.ts';

/** What a journey is given, and what is learnt from its use. */
export type Given = {
  /** Runs the journey, so that its own calls are known from those of its clean-up. */
  readonly start: () => Promise<void>;
  readonly context: JourneyContext;
  readonly steps: Steps;
  readonly watched: WatchedExpect;
  readonly cleanups: Cleanups;
  readonly own: OwnMeasures;
};

export function giveTo(
  { journey }: LoadedJourney,
  session: Session,
  asked: JourneyRequest,
  { now, onStep }: { readonly now: () => number; readonly onStep: RunHooks['onStep'] },
): Given {
  const steps = recordSteps(now, onStep);
  const inJourney = new AsyncLocalStorage<true>();
  const caller = { step: steps.current, isJourney: () => inJourney.getStore() === true };
  const watched = watchExpect(expect.configure({ timeout: asked.expectTimeoutMs }), caller);
  const cleanups = createCleanups();
  const own = recordOwnMeasures();
  const context: JourneyContext = {
    page: session.page,
    context: session.context,
    request: session.request,
    expect: watched.expect,
    step: steps.run,
    target: asked.target,
    secret: (name) => secretOf(asked, name),
    params: { ...journey.params, ...asked.params },
    cleanup: cleanups.add,
    measure: own.measure,
    loggedOut: (why) => {
      throw new LoggedOutError(why);
    },
  };
  const start = (): Promise<void> => inJourney.run(true, async () => journey.run(context));
  return { start, context, steps, watched, cleanups, own };
}

function secretOf(asked: JourneyRequest, name: string): string {
  const value = Object.hasOwn(asked.secrets, name) ? asked.secrets[name] : undefined;
  if (value !== undefined) return value;
  const names = Object.keys(asked.secrets).join(', ') || 'none';
  throw new ReferenceError(
    `secret('${name}') is not among the secrets of this check (${names}); add it to its option 'secrets'`,
  );
}
