import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets } from '../../app/adapters/secrets.ts';
import { openCloser } from '../../app/engine/close-in-order.ts';
import type { EngineParts } from '../../app/engine/engine-parts.ts';
import { executeCheck } from '../../app/engine/execute-check.ts';
import { openEngine } from '../../app/engine/open-engine.ts';
import { keepPlan } from '../../app/engine/plan-in-force.ts';
import { type CheckInput, type ConfigInput, defineConfig, httpCheck } from '../../app/index.ts';
import { KINDS } from '../../app/kinds.ts';
import { buildPlan } from '../../config/build-plan.ts';
import type { Check } from '../../core/check.ts';
import { formatDiagnostic } from '../../core/errors.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { SkippedSlot } from '../../core/store.ts';
import { isAddressRule } from '../../synthetic/net/addresses.ts';
import { serveHttp } from '../../synthetic/net/testing/servers.ts';
import { until } from '../e2e/vigie-process.ts';
import { ownProcesses } from './own-processes.ts';

/**
 * What the witnesses went through: checks of a target that is well, watched by the same engine as what is broken. Each is due every
 * second, and together they are due ten times in a second.
 */
export type Witness = {
  readonly runs: number;
  readonly notPassed: readonly string[];
  /** Slots without a run, and why, as far as it was recorded. */
  readonly lost: number;
  readonly passedOver: readonly string[];
  readonly worstLatenessMs: number;
  readonly rssGrowthBytes: number;
  /** Descriptors of this process more than before the first fault. */
  readonly descriptorsLeft: number;
  /** Processes that runs of this process started, more than before the first fault. */
  readonly processesLeft: number;
};

export type Monitor = {
  readonly folder: string;
  /** Runs a check as the engine does, retries and confirmation included, and records it. `parts` replaces what the run may touch. */
  run(id: string, parts?: Partial<EngineParts>, cancel?: AbortSignal): Promise<Run>;
  /** From here on descriptors and memory are counted; called once everything is warm. */
  begin(): Promise<void>;
  witness(): Promise<Witness>;
  /** Runs of slots so far, those of the witnesses included. */
  readonly slotRuns: readonly Run[];
  /** Ids of checks whose slot is being run. */
  readonly underWay: ReadonlySet<string>;
  close(): Promise<void>;
};

type MonitorOptions = {
  readonly checks: readonly CheckInput[];
  /** Base URL of the checks that name no other. */
  readonly url?: string | undefined;
  readonly baseFolder?: string | undefined;
  readonly settings?: ConfigInput['settings'];
  readonly channels?: ConfigInput['channels'];
  /** Checks that are scheduled beside the witnesses, all due at the same instant, soon, or spread over so long from then on. */
  readonly scheduled?: readonly string[];
  readonly spreadMs?: number;
};

const WITNESSES = Array.from({ length: 10 }, (_, index) => `witness-${index}`);
/** Seen at the least before anything is said, so that a family that is over in a moment is not told by three runs. */
const LEAST_RUNS = 20;
const DUE_SOON_MS = 4_000;
const SAMPLE_MS = 50;
/** What a run of the witness itself has open at any moment. */
const DESCRIPTORS_OF_WITNESS = 3;
const GIVEN_BACK_MS = 30_000;

/** The real engine in this process: planner, lanes, kinds, judge and store. It schedules the witness; the rest runs when the test says so. */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-faults-'));
  const well = await serveHttp((_request, response) => response.end('well'));
  const plan = planOf(options, folder, `http://127.0.0.1:${well.port}`);
  const closer = openCloser(SILENT_LOG);
  const seen: Run[] = [];
  const slotRuns: Run[] = [];
  const underWay = new Set<string>();
  const passedOver: string[] = [];
  const reporter = {
    name: 'faults',
    onRunStarted: ({ id }: Check) => void underWay.add(id),
    onSkipped(skipped: readonly SkippedSlot[]) {
      for (const { slot, reason } of skipped) passedOver.push(`${slot.check} at ${slot.dueAt}: ${reason}`);
    },
    onRun(run: Run) {
      underWay.delete(run.check);
      if (run.trigger === 'slot') slotRuns.push(run);
      if (WITNESSES.includes(run.check)) seen.push(run);
    },
  };
  const scheduledIds = new Set<string>([...WITNESSES, ...(options.scheduled ?? [])]);
  const inForce = keepPlan(plan, SILENT_LOG);
  const engine = await openEngine({
    plan: inForce,
    scheduled: ({ checks }) => checks.filter(({ id }) => scheduledIds.has(id)),
    log: SILENT_LOG,
    secrets: openSecrets({ environment: process.env, folder }),
    reporters: [reporter],
    closer,
  });
  closer.add('the scheduler', async () => void (await engine.scheduler.drain(2_000)));
  const meter = openMeter();
  await engine.scheduler.start();
  await until('the witnesses', () => (seen.length >= WITNESSES.length ? true : undefined));
  let first = 0;
  return {
    folder,
    slotRuns,
    underWay,
    async run(id, parts = {}, cancel = new AbortController().signal) {
      const check = plan.checks.find((one) => one.id === id);
      const kind = KINDS.find((one) => one.kind === check?.kind);
      if (check === undefined || kind === undefined) throw new Error(`no check '${id}'`);
      const run = await executeCheck({ check, kind, trigger: 'manual', cancel }, { ...engine.parts, ...parts });
      await engine.record(run);
      return run;
    },
    async begin() {
      first = seen.length;
      meter.begin();
    },
    async witness() {
      const least = Math.max(first + LEAST_RUNS, seen.length + WITNESSES.length);
      await until('more runs of the witnesses', () => (seen.length >= least ? true : undefined));
      return { ...judgeWitness(seen.slice(first)), passedOver, ...(await meter.read()) };
    },
    async close() {
      meter.close();
      await closer.close();
      await well[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function planOf(
  { checks, url, baseFolder, settings, channels, scheduled = [], spreadMs = 0 }: MonitorOptions,
  folder: string,
  wellUrl: string,
): Plan {
  const target = (name: string, address: string) => ({ name, url: address, environment: 'test', production: false });
  const witness = (id: string): CheckInput =>
    httpCheck(id, { every: '1s', target: 'well', confirm: false, expect: { body: { contains: 'well' } } });
  const value = defineConfig({
    targets: [target('broken', url ?? wellUrl), target('well', wellUrl)],
    defaults: { every: '1h' },
    checks: [...WITNESSES.map(witness), ...checks],
    settings: { web: { port: 0 }, dataFolder: join(folder, 'data'), ...settings },
    ...(channels === undefined ? {} : { channels }),
  });
  const dueAt = Date.now() + DUE_SOON_MS;
  const spreadOffset = (id: string, everyMs: number): number => {
    const place = scheduled.indexOf(id);
    if (place === -1) return Math.max(0, WITNESSES.indexOf(id)) * 100;
    return (dueAt + Math.floor((place / scheduled.length) * spreadMs)) % everyMs;
  };
  const { plan, problems } = buildPlan(
    { value, file: join(folder, 'vigie.config.ts'), folder: baseFolder ?? folder, overrides: { targets: [] } },
    {
      kinds: KINDS,
      fileExists: existsSync,
      isAddressRule,
      cronProblem: () => undefined,
      spreadOffset,
    },
  );
  if (plan === undefined) throw new Error(problems.map(formatDiagnostic).join('\n'));
  return plan;
}

function judgeWitness(runs: readonly Run[]): Pick<Witness, 'runs' | 'notPassed' | 'lost' | 'worstLatenessMs'> {
  const lost = WITNESSES.map((id) => slotsWithoutRun(runs.filter(({ check }) => check === id)));
  return {
    runs: runs.length,
    notPassed: runs.flatMap(({ verdict }) => (verdict.status === 'passed' ? [] : [JSON.stringify(verdict)])),
    lost: lost.reduce((total, one) => total + one, 0),
    worstLatenessMs: Math.max(0, ...runs.map(({ producedBy }) => producedBy.latenessMs ?? 0)),
  };
}

function slotsWithoutRun(runs: readonly Run[]): number {
  const due = runs.flatMap(({ slot }) => slot?.dueAt ?? []);
  return due.length === 0 ? 1 : (Math.max(...due) - Math.min(...due)) / 1_000 + 1 - due.length;
}

type Meter = {
  begin(): void;
  read(): Promise<Pick<Witness, 'rssGrowthBytes' | 'descriptorsLeft' | 'processesLeft'>>;
  close(): void;
};

function openMeter(): Meter {
  let rssAtBegin = readRss();
  let rssPeak = rssAtBegin;
  let descriptors = countDescriptors();
  let processes = ownProcesses().length;
  const timer = setInterval(() => {
    rssPeak = Math.max(rssPeak, readRss());
  }, SAMPLE_MS);
  timer.unref();
  const left = () => ({
    descriptorsLeft: Math.max(0, countDescriptors() - descriptors),
    processesLeft: Math.max(0, ownProcesses().length - processes),
  });
  const isAllBack = (): true | undefined =>
    left().descriptorsLeft <= DESCRIPTORS_OF_WITNESS && left().processesLeft === 0 ? true : undefined;
  return {
    begin() {
      rssAtBegin = readRss();
      rssPeak = rssAtBegin;
      descriptors = countDescriptors();
      processes = ownProcesses().length;
    },
    async read() {
      // A socket is closed a moment after its run has ended; what stays for seconds is a leak, and told by the numbers.
      await until('everything to be given back', isAllBack, () => '', GIVEN_BACK_MS).catch(() => {});
      return { rssGrowthBytes: rssPeak - rssAtBegin, ...left() };
    },
    close: () => clearInterval(timer),
  };
}

function readRss(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    // Where descriptors are the fault there is none to read it with; the next sample tells.
    return 0;
  }
}

function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
