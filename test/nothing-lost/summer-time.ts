import { mock } from 'node:test';
import { z } from 'zod';
import { openStates } from '../../app/check-states.ts';
import { report } from '../../app/commands/report.ts';
import { keepIncidents } from '../../app/engine/incident-keeper.ts';
import { openRecorder, type Recorder } from '../../app/engine/recorder.ts';
import { fanOut } from '../../app/engine/reporter-fan.ts';
import { loadPlan } from '../../app/load-plan.ts';
import { openTerminal } from '../../app/terminal.ts';
import type { Instant } from '../../core/clock.ts';
import { checkId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import type { Commit, Store } from '../../core/store.ts';
import { FAILED, sampleRun } from '../../results/fixtures/sample-records.ts';
import { openReader } from '../../results/open-reader.ts';
import { openStore } from '../../results/open-store.ts';
import { Lanes } from '../../scheduler/lanes.ts';
import { Scheduler } from '../../scheduler/scheduler.ts';
import { checkPage } from '../../web/pages/check.ts';
import { makeWorkspace, type Workspace } from '../e2e/vigie-process.ts';
import { type LedgerCopy, readLedger } from './read-ledger.ts';
import { SwiftClock } from './swift-clock.ts';

/** A day on which a zone sets its clocks. Instants as UTC text. */
export type ChangeDay = {
  readonly zone: string;
  /** Its two midnights. */
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** When the clocks are set. */
  readonly change: string;
  /** A time of day in the gap, or that comes twice. */
  readonly edge: string;
};

export type Lived = {
  readonly ledger: LedgerCopy;
  /** What `vigie report` says of the day, by check. */
  readonly reported: ReadonlyMap<string, z.output<typeof reported>['checks'][number]>;
  /** The page of a check at the end of the day. */
  readonly page: (check: string) => string;
};

const reported = z.object({
  checks: z.array(
    z.object({
      check: z.string(),
      runs: z.number(),
      incidents: z.number(),
      uptime: z.object({ ratio: z.number(), expected: z.number(), counts: z.record(z.string(), z.number()) }),
    }),
  ),
});

const HOUR_MS = 3_600_000;
/** The target is down for so long around the change of the clocks. */
const DOWN_MS = HOUR_MS;
const BEFORE_MS = 2 * HOUR_MS;
const AFTER_MS = 4 * HOUR_MS;

/** Lives from the evening before until the morning after: planner, recorder and store as in a monitor, with a clock that is simulated. */
export async function liveThroughDay(day: ChangeDay, look: (lived: Lived) => void): Promise<void> {
  using workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: 'http://127.0.0.1:1', environment: 'test' },
    checks: [
      v.httpCheck('daily', { cron: '30 2 * * *', zone: '${day.zone}' }),
      v.httpCheck('edge', { cron: '${day.edge}', zone: '${day.zone}' }),
      v.httpCheck('steady', { cron: '*/10 * * * *', zone: '${day.zone}' }),
      v.httpCheck('ticks', { every: '10m' }),
    ],
  }`);
  const config = `${workspace.folder}/vigie.config.ts`;
  const plan = await loadPlan({ config }, {});
  await watch(plan, day);
  const reader = openReader({ folder: plan.settings.dataFolder });
  try {
    look({
      ledger: readLedger(plan.settings.dataFolder),
      reported: await reportOf(workspace, day),
      page: (id) => {
        const check = plan.checks.find((one) => one.id === id);
        if (check === undefined) throw new Error(`no check '${id}'`);
        const clock = new SwiftClock(Date.parse(day.to));
        return String(
          checkPage(check, { ...NO_WEB, reader, clock, plan: () => plan, states: openStates(reader, clock) }),
        );
      },
    });
  } finally {
    reader.close();
  }
}

async function watch(plan: Plan, { from, to, change }: ChangeDay): Promise<void> {
  const clock = new SwiftClock(Date.parse(from) - BEFORE_MS);
  const store = await openStore({ folder: plan.settings.dataFolder, log: SILENT_LOG, clock, gatherMs: 0 });
  const waiting = new Set<Promise<void>>();
  const commit = (one: Commit): Promise<void> => {
    const written = store.commit(one);
    waiting.add(written);
    return written.finally(() => waiting.delete(written));
  };
  const recorder = recorderOf(plan, { commit, recordDelivery: (some, retryAt) => store.recordDelivery(some, retryAt) });
  const scheduler = new Scheduler({
    clock,
    checks: plan.checks,
    location: plan.settings.location,
    resumed: await store.resume(),
    recordedSlots: (check, location, after, until) => store.recordedSlots(check, location, after, until),
    lanes: new Lanes({ widths: { light: 10, browser: 1 } }),
    execute: async ({ id }, { dueAt }) => runOf(id, dueAt, Date.parse(change)),
    makeFaultRun: (check, slot, _at, fault) => {
      throw new Error(`${check.id} at ${slot.dueAt}: ${fault.message}`);
    },
    onRun: (run, cursor) => recorder.recordRun(run, checkOf(plan, run), cursor),
    onSkipped: (skipped, gaps, cursors) => recorder.recordSkipped(skipped, gaps, cursors),
    log: SILENT_LOG,
    onEvent: () => {},
  });
  await scheduler.start();
  await clock.pass(Date.parse(to) + AFTER_MS, {
    waiting: () => (waiting.size === 0 ? undefined : Promise.all(waiting)),
    nextDue: () => Math.min(...scheduler.stats().checks.map(({ nextDue = Number.POSITIVE_INFINITY }) => nextDue)),
  });
  await scheduler.drain(0);
  await store.close();
}

function recorderOf(plan: Plan, store: Pick<Store, 'commit' | 'recordDelivery'>): Recorder {
  let serial = 0;
  return openRecorder({
    store,
    incidents: keepIncidents([], () => (serial++).toString(16).padStart(8, '0')),
    reporters: fanOut([], SILENT_LOG),
    plan: () => plan,
    isWatched: () => true,
    deliveryOf: () => undefined,
    onNotices: () => {},
    log: SILENT_LOG,
  });
}

function runOf(check: string, dueAt: Instant, change: Instant): Run {
  const isDown = dueAt >= change - DOWN_MS / 2 && dueAt < change + DOWN_MS / 2;
  return sampleRun({ check, dueAt, verdict: isDown ? FAILED : { status: 'passed' } });
}

function checkOf(plan: Plan, { check }: Run): Plan['checks'][number] {
  const found = plan.checks.find(({ id }) => id === checkId(check));
  if (found === undefined) throw new Error(`no check '${check}'`);
  return found;
}

/** `vigie report` at the end of the day, over as many hours as it had. */
async function reportOf({ folder }: Workspace, { to, hours }: ChangeDay): Promise<Lived['reported']> {
  let said = '';
  const terminal = { ...openTerminal({ json: true, environment: {} }), out: (text: string) => (said += text) };
  mock.timers.enable({ apis: ['Date'], now: Date.parse(to) });
  try {
    await report({ config: `${folder}/vigie.config.ts`, ids: [], since: `${hours}h` }, { ...terminal, say: () => {} });
  } finally {
    mock.timers.reset();
  }
  return new Map(reported.parse(JSON.parse(said)).checks.map((row) => [row.check, row]));
}

const NO_WEB = {
  version: '0.0.0',
  send: async () => ({ ok: true as const }),
  metrics: { render: async () => '', contentType: 'text/plain' },
  findArtefact: async () => undefined,
  tokens: [],
  requireToken: false,
  audit: () => {},
  notReady: () => undefined,
  onDefect: () => {},
};
