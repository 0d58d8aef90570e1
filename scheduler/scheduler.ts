import type { Check } from '../core/check.ts';
import { messageOf } from '../core/errors.ts';
import { fault } from '../core/fault.ts';
import type { CheckId } from '../core/identifiers.ts';
import type { Pause } from '../core/store.ts';
import { type ClockReading, type ClockSense, type ClockVerdict, freshSense, senseClock } from './clock-sense.ts';
import { handOut } from './hand-out.ts';
import { type Past, readPast, retiredLedgers } from './past.ts';
import { Recorder } from './recorder.ts';
import { OVERDUE_GRACE_MS } from './result-due.ts';
import { Runs } from './runs.ts';
import type { Drained, ReloadReport, SchedulerEvent, SchedulerOptions, SchedulerStats } from './scheduler-options.ts';
import { Tally } from './tally.ts';
import type { Watch } from './watch.ts';
import { WatchList } from './watch-list.ts';

/** Beats are at least this far apart, so that many checks share one. */
const SHORTEST_BEAT_MS = 50;
/** And at most this, so that a clock that was set or a machine that slept is noticed. */
const LONGEST_BEAT_MS = 1_000;
/** How often runs are looked at; of a longer stop of this process only the greater counts against them. */
const WAKE_MS = 500;
const MOST_AWAKE_MS = 2_000;
/** How long what was told to stop, and then the store, may take when the process ends. */
const STOP_MS = 5_000;

/**
 * The loop around the planner. It holds no judgement of its own: `clock-sense` says whether the time can be believed,
 * `plan-beat` what becomes of due slots, `runs` carries them out, `recorder` writes how they ended.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #list: WatchList;
  readonly #recorder: Recorder;
  readonly #runs: Runs;
  readonly #tally = new Tally();
  readonly #pauses: Map<CheckId, Pause>;
  #checks: readonly Check[];
  #sense: ClockSense;
  #doubt: string | undefined;
  #isResuming = false;
  /** `finishing`: what is under way goes on, nothing new is planned. */
  #state: 'new' | 'running' | 'finishing' | 'stopped' = 'new';
  #awakeAt: number;
  #cancelBeat: (() => void) | undefined;

  constructor(options: SchedulerOptions) {
    const { overdueGraceMs = OVERDUE_GRACE_MS, clock } = options;
    this.#options = options;
    this.#checks = options.checks;
    this.#pauses = new Map(options.resumed.pauses.map((pause) => [pause.check, pause]));
    this.#sense = freshSense(options.resumed.lastRecordAt);
    this.#awakeAt = clock.monotonic();
    this.#list = new WatchList(options.location);
    this.#recorder = new Recorder(options);
    this.#runs = new Runs({
      ...options,
      overdueGraceMs,
      recorder: this.#recorder,
      tally: this.#tally,
      onStarted: (check, slot, latenessMs) => this.#tell({ type: 'started', check, slot, latenessMs }),
      onOverdue: (check, slot, afterMs) => this.#tell({ type: 'overdue', check, slot, afterMs }),
    });
  }

  /** Accounts for the time since the last records, starts what is due and goes on until `drain`. Rejects when the past cannot be read. */
  async start(): Promise<void> {
    await this.#resume();
    this.#beat();
  }

  /** For an outer clock such as cron: starts what is due now, waits for it and ends. */
  async runDue(): Promise<Drained> {
    await this.start();
    this.#state = 'finishing';
    await this.#runs.idle();
    return this.drain(0);
  }

  /** Slots due from `pause.since` on are skipped; runs under way go on. */
  pause(pause: Pause): void {
    this.#plan();
    this.#pauses.set(pause.check, pause);
    this.#applyPauses();
  }

  resume(check: CheckId): void {
    this.#plan();
    this.#pauses.delete(check);
    this.#applyPauses();
  }

  /** Swaps the checks as a whole. Runs under way finish; slots of removed checks that wait are cancelled. */
  reload(checks: readonly Check[]): ReloadReport {
    this.#plan();
    this.#checks = checks;
    if (this.#state === 'new') return { added: checks.map((check) => check.id), removed: [], rescheduled: [] };
    const { added, removed, rescheduled } = this.#list.replace(checks, this.#trustedReading());
    this.#applyPauses();
    for (const watch of removed) this.#runs.dropWaiting(watch, fault('cancelled', 'The check was removed.'));
    this.#recordCursors([...added, ...removed]);
    this.#sleep();
    const ids = (watches: readonly Watch[]): readonly CheckId[] => watches.map((watch) => watch.check.id);
    return { added: ids(added), removed: ids(removed), rescheduled: ids(rescheduled) };
  }

  /** Ends: plans nothing more, cancels what waits, lets runs go on for `graceMs`, stops them, and sees their records written. */
  async drain(graceMs: number): Promise<Drained> {
    this.#state = 'stopped';
    this.#cancelBeat?.();
    const why = fault('shutdown', 'The process was stopped.');
    for (const watch of this.#list.all()) this.#runs.dropWaiting(watch, why);
    const ended = await this.#runs.drain(graceMs, STOP_MS);
    return { ...ended, unrecorded: await this.#recorder.flush(STOP_MS) };
  }

  /** Why the clock is not believed, in which case nothing is planned, and nothing that only it says should be kept. */
  get clockDoubt(): string | undefined {
    return this.#doubt;
  }

  stats(): SchedulerStats {
    const checks = this.#list.all().map(({ check, nextDue, active, ledger }) => ({
      check: check.id,
      nextDue,
      active: active.size,
      lowWater: ledger.cursor([]).lowWater,
    }));
    const records = this.#recorder.stats();
    const lanes = this.#options.lanes.counts();
    return { ...this.#tally.read(), lanes, records, checks };
  }

  async #resume(): Promise<void> {
    const reading = this.#read();
    if (!reading || this.#isResuming) return;
    this.#isResuming = true;
    const checks = this.#checks;
    const pasts = await readPast(checks, this.#options, reading.now).finally(() => {
      this.#isResuming = false;
    });
    // Reading takes time; a stop or a reload may have come in between.
    if (this.#state !== 'new' || checks !== this.#checks) return;
    const watches = checks.map((check) => this.#list.resume(check, pasts.get(check.id) ?? NO_PAST, reading));
    this.#list.lookAtAll(reading.now);
    this.#applyPauses();
    this.#state = 'running';
    this.#recordCursors(watches.filter((watch) => !pasts.get(watch.check.id)?.cursor));
    const retired = retiredLedgers(checks, this.#options);
    if (retired.length > 0) this.#recorder.recordSkips(retired.map((ledger) => ({ ledger, skipped: [], gaps: [] })));
  }

  #beat(): void {
    const { clock, log } = this.#options;
    const passedMs = clock.monotonic() - this.#awakeAt;
    if (passedMs >= WAKE_MS) {
      this.#awakeAt += passedMs;
      this.#runs.wake(Math.min(passedMs, MOST_AWAKE_MS));
    }
    if (this.#state === 'new') {
      // The clock was not believed at the start, or the checks were swapped meanwhile.
      this.#resume().catch((error) =>
        log.error({ error: messageOf(error) }, 'The past could not be read; trying again'),
      );
    }
    this.#plan();
    this.#sleep();
  }

  #sleep(): void {
    this.#cancelBeat?.();
    if (this.#state === 'stopped') return;
    const { clock } = this.#options;
    const untilDueMs = (this.#list.nextDue ?? Number.POSITIVE_INFINITY) - clock.now();
    const delayMs = Math.min(Math.max(untilDueMs, SHORTEST_BEAT_MS), LONGEST_BEAT_MS);
    this.#cancelBeat = clock.schedule(delayMs, () => this.#beat());
  }

  /** Decides about every slot that is due. */
  #plan(): void {
    if (this.#state !== 'running') return;
    const reading = this.#read();
    if (!reading) return;
    const parts = { location: this.#options.location, list: this.#list, runs: this.#runs, tally: this.#tally };
    const skips = this.#list.takeDue(reading.now).flatMap((watch) => handOut(watch, reading, parts) ?? []);
    if (skips.length > 0) this.#recorder.recordSkips(skips);
  }

  /** The clocks, if they can be believed; reacts when the wall clock was set. */
  #read(): ClockReading | undefined {
    const { clock, log } = this.#options;
    const reading = { now: clock.now(), monotonic: clock.monotonic() };
    const { sense, verdict } = senseClock(this.#sense, reading);
    this.#sense = sense;
    const doubt = verdict.kind === 'insane' ? verdict.reason : undefined;
    const wasDoubted = this.#doubt !== undefined;
    this.#doubt = doubt;
    if (verdict.kind === 'backward') this.#list.setBack(reading.now);
    const isNews = verdict.kind === 'steady' || verdict.kind === 'insane' ? wasDoubted !== (doubt !== undefined) : true;
    if (isNews) {
      log[doubt === undefined ? 'warn' : 'error']({ ...verdict }, CLOCK_NEWS[verdict.kind]);
      this.#runs.noteClockSet();
      this.#tell({ type: 'clock', verdict });
    }
    return doubt === undefined ? reading : undefined;
  }

  /** The time as it should be, for what cannot wait until the clock is right. */
  #trustedReading(): ClockReading {
    const reading = { now: this.#options.clock.now(), monotonic: this.#options.clock.monotonic() };
    const { believed } = this.#sense;
    if (this.#doubt === undefined || !believed) return reading;
    return { ...reading, now: believed.now + (reading.monotonic - believed.monotonic) };
  }

  /** A pause belongs to the id: it holds for a check that comes later, too. */
  #applyPauses(): void {
    for (const watch of this.#list.all()) watch.pause = this.#pauses.get(watch.check.id);
  }

  #recordCursors(watches: readonly Watch[]): void {
    if (watches.length === 0) return;
    this.#recorder.recordSkips(watches.map(({ ledger }) => ({ ledger, skipped: [], gaps: [] })));
  }

  #tell(event: SchedulerEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#options.log.error({ event: event.type, error: messageOf(error) }, 'A listener to the scheduler threw');
    }
  }
}

const CLOCK_NEWS: Readonly<Record<ClockVerdict['kind'], string>> = {
  steady: 'The clock is believed again',
  forward: 'The clock was set forward, or this machine slept; slots in between are missed',
  backward: 'The clock was set back; slots of the time that comes again get instants of their own',
  insane: 'The clock cannot be right; nothing is started until it is',
};
const NO_PAST: Past = { cursor: undefined, recorded: [], recordedAhead: [] };
