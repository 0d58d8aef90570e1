import type { Check } from '../core/check.ts';
import type { Clock, Instant } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { Log } from '../core/log.ts';
import type { Run, SkipReason, Slot } from '../core/run.ts';
import type { LaneEntry, Lanes } from './lanes.ts';
import { judgeOverlap } from './overlap.ts';
import type { Recorder } from './recorder.ts';
import { longestRunMs } from './result-due.ts';
import type { Tally } from './tally.ts';
import type { Active, Handed, Watch } from './watch.ts';

/** Executes one slot. Must obey the signal; the reason of an abort is a `Fault`. */
export type Execute = (check: Check, slot: Slot, signal: AbortSignal, latenessMs: number) => Promise<Run>;
/** Makes the inconclusive run of a slot whose execution threw or did not end. */
export type MakeFaultRun = (check: Check, slot: Slot, startedAt: Instant, fault: Fault) => Run;

export type RunsOptions = {
  readonly clock: Clock;
  readonly location: string;
  readonly lanes: Lanes;
  readonly execute: Execute;
  readonly makeFaultRun: MakeFaultRun;
  readonly placeOf?: (check: Check) => string | undefined;
  readonly recorder: Recorder;
  readonly tally: Tally;
  readonly log: Log;
  /** How much later than its own deadline a run may end, milliseconds. */
  readonly overdueGraceMs: number;
  readonly onStarted: (check: Check, slot: Slot, latenessMs: number) => void;
  readonly onOverdue: (check: Check, slot: Slot, afterMs: number) => void;
};

/** Everything that is under way: waits for lanes, executes, and sees to it that each slot ends with one record. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #all = new Set<Active>();
  #awakeMs = 0;
  #onIdle: (() => void)[] = [];

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Begins a due slot, or says why it is skipped. */
  begin(watch: Watch, handed: Handed): SkipReason | undefined {
    switch (judgeOverlap(watch.check.overlap, watch.active.size > 0)) {
      case 'start':
        void this.#live(watch, handed);
        return undefined;
      case 'skip':
        return 'overlap';
      case 'queue':
        this.#queue(watch, handed, 'overlap');
        return undefined;
      case 'replace':
        this.#queue(watch, handed, 'cancelled');
        for (const active of watch.active) active.stop.abort(fault('cancelled', 'The next run of this check was due.'));
        return undefined;
    }
  }

  /** Gives up what has not begun, e.g. because its check was removed. */
  dropWaiting(watch: Watch, why: Fault): void {
    const { queued } = watch;
    watch.queued = undefined;
    if (queued) this.#skip(watch, this.#slotOf(watch, queued), why.code === 'shutdown' ? 'shutdown' : 'cancelled');
    for (const active of watch.active) if (active.startedAt === undefined) active.stop.abort(why);
  }

  /** Lets time pass. Ends runs that should have ended themselves: whatever hangs, its lane is free again and its slot has a record. */
  wake(passedMs: number): void {
    this.#awakeMs += passedMs;
    for (const active of this.#all) {
      if (active.overdueAt > this.#awakeMs) continue;
      const afterMs = longestRunMs(active.check) + this.#options.overdueGraceMs;
      const message = `The run of '${active.check.id}' had not ended ${afterMs} ms after its start although its deadlines allow ${longestRunMs(active.check)} ms`;
      this.#options.tally.overdue += 1;
      this.#options.log.error({ check: active.check.id, dueAt: active.slot.dueAt, afterMs }, message);
      this.#options.onOverdue(active.check, active.slot, afterMs);
      this.#end(active, fault('internal', message));
    }
  }

  /** The clock was set: runs under way are marked. */
  noteClockSet(): void {
    for (const active of this.#all) active.isClockSet = true;
  }

  /** Waits for what is running, then stops it, then gives it up. Returns how many were stopped and how many given up. */
  async drain(graceMs: number, stopMs: number): Promise<{ readonly stopped: number; readonly abandoned: number }> {
    await this.#idleWithin(graceMs);
    const why = fault('shutdown', `The process was stopped; the run was given ${graceMs} ms to end`);
    const stopped = this.#all.size;
    for (const active of this.#all) active.stop.abort(why);
    await this.#idleWithin(stopMs);
    const abandoned = this.#all.size;
    for (const active of this.#all) this.#end(active, why);
    await this.#idleWithin(stopMs);
    return { stopped, abandoned };
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#all.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #queue(watch: Watch, handed: Handed, reason: SkipReason): void {
    if (watch.queued) this.#skip(watch, this.#slotOf(watch, watch.queued), reason);
    watch.queued = handed;
  }

  async #live(watch: Watch, handed: Handed): Promise<void> {
    const slot = this.#slotOf(watch, handed);
    const stop = new AbortController();
    const active: Active = {
      check: watch.check,
      slot,
      stop,
      isClockSet: handed.due.kind === 'repeated',
      overdueAt: Number.POSITIVE_INFINITY,
      abandon: () => {},
    };
    watch.active.add(active);
    this.#all.add(active);
    try {
      await this.#waitAndRun(watch, active, handed);
    } catch (error) {
      this.#options.log.error({ check: slot.check, error: messageOf(error) }, 'A run could not be brought to its end');
      this.#skip(watch, slot, 'cancelled');
    }
    watch.active.delete(active);
    this.#all.delete(active);
    this.#follow(watch);
    if (this.#all.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #waitAndRun(watch: Watch, active: Active, handed: Handed): Promise<void> {
    const { check, slot, stop } = active;
    const what = `${check.kind} check '${check.id}'`;
    const { lanes, placeOf } = this.#options;
    const request = { lane: check.lane, what, dueAt: slot.dueAt, place: placeOf?.(check), signal: stop.signal };
    const entry = await lanes.enter(request);
    if (!entry.entered) return this.#skip(watch, slot, this.#reasonOf(entry, stop.signal));
    try {
      const run = await this.#run(active, handed);
      this.#options.recorder.recordRun(watch.ledger, active.isClockSet ? withClockTaint(run) : run, slot.dueAt);
    } finally {
      entry.release();
    }
  }

  async #run(active: Active, handed: Handed): Promise<Run> {
    const { clock, tally, overdueGraceMs, makeFaultRun } = this.#options;
    const { check, slot } = active;
    const latenessMs = handed.due.latenessMs + (clock.monotonic() - handed.at);
    const startedAt = clock.now();
    active.startedAt = startedAt;
    active.overdueAt = this.#awakeMs + longestRunMs(check) + overdueGraceMs;
    tally.start(latenessMs);
    this.#options.onStarted(check, slot, latenessMs);
    const { promise: abandoned, resolve } = Promise.withResolvers<Fault>();
    active.abandon = resolve;
    const execution = this.#execute(active, latenessMs);
    const ending = await Promise.race([execution, abandoned.then((why) => this.#giveUp(active, execution, why))]);
    tally.finished += 1;
    return 'blame' in ending ? makeFaultRun(check, slot, startedAt, ending) : ending;
  }

  /** Its slot has a record from now on; what comes after that is only told. */
  #giveUp({ check, slot }: Active, execution: Promise<unknown>, why: Fault): Fault {
    void execution.then(() =>
      this.#options.log.warn(
        { check: check.id, dueAt: slot.dueAt },
        'A run that had been given up ended after all; its result is dropped',
      ),
    );
    return why;
  }

  /** Never rejects. */
  async #execute({ check, slot, stop }: Active, latenessMs: number): Promise<Run | Fault> {
    try {
      return await this.#options.execute(check, slot, stop.signal, latenessMs);
    } catch (error) {
      this.#options.log.error({ check: check.id, error: messageOf(error) }, 'Executing a run threw');
      return fault('internal', `Executing the run threw: ${messageOf(error)}`);
    }
  }

  /** Starts the slot that waited for this check's earlier one. */
  #follow(watch: Watch): void {
    const { queued } = watch;
    if (!queued || watch.active.size > 0) return;
    watch.queued = undefined;
    void this.#live(watch, queued);
  }

  #end(active: Active, why: Fault): void {
    active.overdueAt = Number.POSITIVE_INFINITY;
    active.stop.abort(why);
    active.abandon(why);
  }

  #skip(watch: Watch, slot: Slot, reason: SkipReason): void {
    this.#options.tally.skip(reason);
    const skipped = [{ slot, reason, recordedAt: this.#options.clock.now() }];
    this.#options.recorder.recordSkips([{ ledger: watch.ledger, skipped, gaps: [] }]);
  }

  #reasonOf(entry: Extract<LaneEntry, { readonly entered: false }>, { reason }: AbortSignal): SkipReason {
    this.#options.log.warn({ reason: entry.reason }, entry.message);
    if (entry.reason !== 'aborted') return 'capacity';
    return isShutdown(reason) ? 'shutdown' : 'cancelled';
  }

  #slotOf({ check }: Watch, { due }: Handed): Slot {
    return { check: check.id, location: this.#options.location, dueAt: due.dueAt };
  }

  async #idleWithin(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.schedule(limitMs, resolve);
    await Promise.race([promise, this.idle()]);
    cancel();
  }
}

function withClockTaint(run: Run): Run {
  return { ...run, taints: [...new Set([...run.taints, 'clock-jump'] as const)] };
}

function isShutdown(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'code' in reason && reason.code === 'shutdown';
}
