import type { APIRequestContext } from '@playwright/test';
import { messageOf } from '../../../core/errors.ts';
import type { CleanupTools } from '../journey.ts';
import { within } from './within.ts';

type Work = (tools: CleanupTools) => void | Promise<void>;
export type Cleanups = {
  readonly add: (work: Work) => void;
  /** Runs what was registered, last first, all within `limitMs`; each failure is kept and the rest goes on. */
  readonly run: (openRequest: () => Promise<APIRequestContext>, limitMs: number) => Promise<readonly string[]>;
};

export function createCleanups(): Cleanups {
  const registered: Work[] = [];
  return {
    add: (work) => {
      registered.push(work);
    },
    run: async (openRequest, limitMs) => {
      const failures: string[] = [];
      if (registered.length === 0) return failures;
      const endMs = performance.now() + limitMs;
      const request = await openRequest();
      for (let work = registered.pop(); work !== undefined; work = registered.pop()) {
        const current = work;
        const outcome = await within(endMs - performance.now(), (async () => current({ request }))());
        if (outcome.how === 'failed') failures.push(messageOf(outcome.error));
        if (outcome.how === 'late') failures.push(`not done within ${Math.round(limitMs)} ms`);
      }
      await within(1_000, request.dispose());
      return failures;
    },
  };
}
