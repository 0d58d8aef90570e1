import type { Check, Schedule } from '../core/check.ts';
import type { Clock, Instant } from '../core/clock.ts';
import type { FakeClock } from '../core/fake-clock.ts';
import type { Fault } from '../core/fault.ts';
import { runId } from '../core/identifiers.ts';
import { SILENT_LOG } from '../core/log.ts';
import type { Run, Slot } from '../core/run.ts';
import type { Cursor, Gap, Pause, Resumed, SkippedSlot } from '../core/store.ts';
import { type CheckChanges, wholeCheck } from '../core/testing/whole-check.ts';
import { Lanes } from './lanes.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulerEvent, SchedulerOptions } from './scheduler-options.ts';

export const NOON = Date.UTC(2026, 5, 1, 12);
export const EVERY_10S: Schedule = { type: 'interval', everyMs: 10_000, offsetMs: 0 };

export function makeCheck(some: CheckChanges = {}): Check {
  return wholeCheck({ id: 'c', schedule: EVERY_10S, timeoutMs: 5_000, confirm: false, ...some });
}

export function makeRun(check: Check, slot: Slot, startedAt: Instant, finishedAt: Instant, fault?: Fault): Run {
  return {
    id: runId(startedAt, '00000000'),
    check: check.id,
    kind: check.kind,
    location: slot.location,
    environment: 'test',
    trigger: 'slot',
    slot,
    verdict: fault ? { status: 'inconclusive', fault, seen: [] } : { status: 'passed' },
    attempts: [],
    budgets: [],
    taints: [],
    producedBy: {
      vigie: '0',
      tools: {},
      host: { platform: 'linux', arch: 'x64', cpuModel: '', cores: 1, memoryBytes: 1 },
    },
    startedAt,
    finishedAt,
  };
}

/** What is on the disk: it outlives the processes that write it, refuses a second record of a slot, and can be made to fail. */
export class Disk {
  readonly records = new Map<string, Map<Instant, string>>();
  readonly cursors = new Map<string, Cursor>();
  /** Every low water ever written, in order. */
  readonly lowWaters: number[] = [];
  readonly gaps: Gap[] = [];
  readonly commits: string[][] = [];
  pauses: readonly Pause[] = [];
  isFailing = false;

  resumed(): Resumed {
    return { cursors: [...this.cursors.values()], tracks: [], pauses: this.pauses, lastPings: [], listenerSpans: [] };
  }

  /** `10:00:10 passed` for each record of a check, by time. */
  lines(check = 'c'): readonly string[] {
    const records = [...(this.records.get(check) ?? [])].sort(([a], [b]) => a - b);
    return records.map(([dueAt, how]) => `${new Date(dueAt).toISOString().slice(11, 23).replace('.000', '')} ${how}`);
  }

  commit(ends: readonly (readonly [Slot, string])[], gaps: readonly Gap[], cursors: readonly Cursor[]): void {
    if (this.isFailing) throw new Error('disk is full');
    for (const [{ check, dueAt }] of ends) {
      if (this.records.get(check)?.has(dueAt)) throw new Error(`slot ${dueAt} of ${check} has a record already`);
    }
    this.commits.push(ends.map(([slot, how]) => `${slot.check} ${how}`));
    for (const [{ check, dueAt }, how] of ends) {
      this.records.set(check, (this.records.get(check) ?? new Map()).set(dueAt, how));
    }
    this.gaps.push(...gaps);
    for (const cursor of cursors) this.cursors.set(cursor.check, cursor);
    this.lowWaters.push(...cursors.map(({ lowWater }) => lowWater));
  }

  recordedSlots(check: string, after: Instant, until: Instant): readonly Instant[] {
    return [...(this.records.get(check)?.keys() ?? [])].filter((slot) => slot > after && slot <= until);
  }
}

/** The clock of one process; after `kill` nothing of the process happens any more. */
class ProcessClock implements Clock {
  readonly #world: FakeClock;
  #isAlive = true;

  constructor(world: FakeClock) {
    this.#world = world;
  }
  now(): Instant {
    return this.#world.now();
  }
  monotonic(): number {
    return this.#world.monotonic();
  }
  schedule(delayMs: number, wake: () => void): () => void {
    return this.#world.schedule(delayMs, () => this.#isAlive && wake());
  }
  after(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve));
  }
  kill(): void {
    this.#isAlive = false;
  }
  get isAlive(): boolean {
    return this.#isAlive;
  }
}

export type ProcessOptions = Partial<Omit<SchedulerOptions, 'clock'>> & {
  /** How long a run takes; it obeys its signal at once. */
  readonly runMs?: (check: Check, slot: Slot) => number;
  readonly commitMs?: number;
};

/** One process with a scheduler over a disk. */
export function startProcess(world: FakeClock, disk: Disk, checks: readonly Check[], options: ProcessOptions = {}) {
  const clock = new ProcessClock(world);
  const started: { readonly slot: Slot; readonly latenessMs: number }[] = [];
  const events: SchedulerEvent[] = [];
  const write = async (commit: () => void): Promise<void> => {
    if (options.commitMs !== undefined) await clock.after(options.commitMs);
    if (clock.isAlive) commit();
    else await new Promise(() => {});
  };
  const execute: SchedulerOptions['execute'] = async (check, slot, signal, latenessMs) => {
    started.push({ slot, latenessMs });
    const startedAt = clock.now();
    const stopped = new Promise<Fault>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
    const fault = await Promise.race([clock.after(options.runMs?.(check, slot) ?? 100), stopped]);
    return makeRun(check, slot, startedAt, clock.now(), fault ?? undefined);
  };
  const scheduler = new Scheduler({
    clock,
    checks,
    location: 'local',
    resumed: disk.resumed(),
    recordedSlots: async (check, _location, after, until) => disk.recordedSlots(check, after, until),
    lanes: new Lanes({ widths: { light: 100, browser: 2 } }),
    execute,
    makeFaultRun: (check, slot, startedAt, fault) => makeRun(check, slot, startedAt, clock.now(), fault),
    onRun: (run, cursor) => write(() => disk.commit(run.slot ? [[run.slot, endOf(run)]] : [], [], [cursor])),
    onSkipped: (skipped, gaps, cursors) => write(() => disk.commit(skipped.map(asEnd), gaps, cursors)),
    log: SILENT_LOG,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, scheduler, started, events };
}

function endOf({ verdict }: Run): string {
  return verdict.status === 'inconclusive' ? verdict.fault.code : verdict.status;
}

function asEnd({ slot, reason }: SkippedSlot): readonly [Slot, string] {
  return [slot, reason];
}
