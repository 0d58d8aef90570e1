import { AsyncLocalStorage } from 'node:async_hooks';
import { cut } from '../../../core/cut.ts';
import type { Measure } from '../../../core/measure.ts';
import type { Step } from '../../../core/observation.ts';

export type Steps = {
  readonly run: <T>(name: string, body: () => T | Promise<T>) => Promise<T>;
  /** The step that the calling code stands in, with its parents. */
  readonly current: () => string | undefined;
  /** The innermost step that this error left. */
  readonly failedBy: (error: unknown) => string | undefined;
  /** The step begun last that has not ended. */
  readonly open: () => string | undefined;
  /** Ends the recording: steps that are still open are reported as failed. `unrecorded` counts those beyond the most that are kept. */
  readonly finish: () => Recorded;
};

type Recorded = {
  readonly steps: readonly Step[];
  readonly measures: readonly Measure[];
  readonly unrecorded: number;
};
type Entry = {
  readonly path: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly startMs: number;
};

/** A loop without end must not fill the memory of the host; a run with more cannot pass. */
const MOST_STEPS = 20_000;
const LONGEST_NAME = 1_000;

/** Records named parts of a journey. Nesting follows the calls, also when several run side by side. */
export function recordSteps(now: () => number, onBegin: (path: string) => void): Steps {
  const place = new AsyncLocalStorage<string>();
  const failedBy = new WeakMap<object, string>();
  const open = new Set<Entry>();
  const steps: Step[] = [];
  const measures: Measure[] = [];
  let isFinished = false;
  let unrecorded = 0;
  const end = (entry: Entry, status: Step['status'], message?: string): void => {
    open.delete(entry);
    if (isFinished) return;
    if (steps.length >= MOST_STEPS) {
      unrecorded += 1;
      return;
    }
    const durationMs = now() - entry.startMs;
    const note = message === undefined ? {} : { message };
    steps.push({ name: entry.path, startMs: entry.startMs, durationMs, status, ...note });
    // The time until a failure is no step time: a budget on it would judge how long a time-out is.
    if (status !== 'passed') return;
    const labels = entry.parent === undefined ? {} : { labels: { in: entry.parent } };
    measures.push({ name: `step.${entry.name}`, value: durationMs, unit: 'ms', ...labels });
  };
  return {
    run: async (givenName, body) => {
      const name = cut(String(givenName), LONGEST_NAME);
      const parent = place.getStore();
      const entry = { name, parent, path: parent === undefined ? name : `${parent} > ${name}`, startMs: now() };
      open.add(entry);
      onBegin(entry.path);
      try {
        const value = await place.run(entry.path, async () => body());
        end(entry, 'passed');
        return value;
      } catch (error) {
        if (typeof error === 'object' && error !== null && !failedBy.has(error)) failedBy.set(error, entry.path);
        end(entry, 'failed');
        throw error;
      }
    },
    current: () => place.getStore(),
    failedBy: (error) => (typeof error === 'object' && error !== null ? failedBy.get(error) : undefined),
    open: () => [...open].at(-1)?.path,
    finish: () => {
      for (const entry of [...open]) end(entry, 'failed', 'it had not ended when the run did');
      isFinished = true;
      return { steps: [...steps].sort((a, b) => a.startMs - b.startMs), measures, unrecorded };
    },
  };
}
