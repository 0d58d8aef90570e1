import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../../core/check.ts';
import type { Command, CommandAnswer } from '../../../core/command.ts';
import { fault } from '../../../core/fault.ts';
import { incidentId, noticeId, type RunId, runId } from '../../../core/identifiers.ts';
import type { Incident } from '../../../core/incident.ts';
import { SILENT_LOG } from '../../../core/log.ts';
import type { Notice } from '../../../core/notice.ts';
import type { Observation } from '../../../core/observation.ts';
import type { Run } from '../../../core/run.ts';
import type { Store } from '../../../core/store.ts';
import { openMetricsRegistry } from '../../../reporters/prometheus/metrics-registry.ts';
import { sampleBudget, sampleCheck, sampleRun } from '../../../reporters/testing/sample-runs.ts';
import { openArtefacts } from '../../../results/artefacts.ts';
import { openReader } from '../../../results/open-reader.ts';
import { openStore } from '../../../results/open-store.ts';
import { makeWebApp } from '../../../web/app.ts';
import { hashOfToken } from '../../../web/tokens.ts';
import { realClock } from '../../adapters/real-clock.ts';
import { openStates } from '../../check-states.ts';
import { listen } from '../listen.ts';
import { showPlan } from '../metrics-feed.ts';
import { traceViewerFolder } from '../trace-viewer.ts';
import { withArtefacts } from './sample-files.ts';
import { planOf } from './sample-plan.ts';

/** What a target may send back to whoever looks at it. Each part must arrive on the page as text. */
const HOSTILE = [
  `<script>window.pwned=1;document.title='pwned'</script>`,
  `"><img src=x onerror="window.pwned=1">`,
  `<svg onload=window.pwned=1>`,
  `</td></table><h1>fake</h1>`,
  `\u001b[31mred\u001b[0m`,
  `\u202etxet desrever`,
  `\ud83d`,
  `javascript:window.pwned=1`,
  `&lt;b&gt; \${7*7} {{7*7}}`,
].join(' ');
export const API_TOKEN = 'a-token-of-some-length';

const SLOT_MS = 10_000;
const CHECKS: readonly Check[] = [
  sampleCheck('front-page', 'http', {
    name: 'Front page',
    severity: 'P1',
    tags: ['shop'],
    owner: 'team-shop',
    budgets: [sampleBudget('total', 800)],
  }),
  sampleCheck('api-search', 'http', {
    name: 'API search',
    budgets: [sampleBudget('total', 200), sampleBudget('phase.first_byte', 900)],
  }),
  sampleCheck('checkout', 'journey', {
    name: `Checkout ${HOSTILE}`,
    severity: 'P1',
    runbook: 'https://wiki.example/checkout',
    tags: [HOSTILE.slice(0, 40)],
  }),
  sampleCheck('launch', 'load', { name: 'k6 launch' }),
  sampleCheck('slow', 'http', { name: 'Slow but there', budgets: [sampleBudget('total', 400)] }),
  sampleCheck('nightly', 'heartbeat', { name: 'Nightly backup', severity: 'P4' }),
  sampleCheck('fresh', 'audit', {
    name: 'Lighthouse, front page',
    schedule: { type: 'cron', expression: '*/30 * * * *', zone: 'Europe/Paris' },
  }),
  sampleCheck('by-hand', 'load', { name: 'On demand', schedule: { type: 'manual' } }),
];

export type Served = AsyncDisposable & {
  readonly url: string;
  readonly folder: string;
  readonly store: Store;
  /** The failed run of the journey, with artefacts. */
  readonly failed: RunId;
  readonly incident: Incident;
  readonly commands: readonly Command[];
  readonly defects: readonly unknown[];
  /** How commands are answered from now on; an error is thrown. */
  answerWith(answer: CommandAnswer | Error): void;
};

/** The whole web application over a real store that holds a little of everything, hostile text included. */
export async function serveHistory(further: readonly Check[] = []): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-pages-'));
  const checks = [...CHECKS, ...further];
  const store = await openStore({ folder, log: SILENT_LOG, clock: realClock });
  const filled = await fill(store, folder);
  const reader = openReader({ folder });
  const states = openStates(reader, realClock);
  const registry = openMetricsRegistry({ location: 'local', version: '0.0.0', states });
  const now = realClock.now();
  await showPlan(registry, reader, planOf(folder, checks), { loadedAt: now, now });
  const commands: Command[] = [];
  const defects: unknown[] = [];
  const state: { answer: CommandAnswer | Error } = { answer: { ok: true } };
  const viewer = traceViewerFolder();
  const app = makeWebApp({
    reader,
    plan: () => planOf(folder, checks),
    clock: realClock,
    version: '0.0.0',
    states,
    metrics: registry,
    findArtefact: openArtefacts(folder).find,
    notReady: () => undefined,
    onDefect: (error) => void defects.push(error),
    tokens: [{ name: 'ann', scopes: ['read', 'write'], hash: hashOfToken(API_TOKEN) }],
    requireToken: false,
    audit: () => {},
    ...(viewer === undefined ? {} : { traceViewerFolder: viewer }),
    send: async (command) => {
      commands.push(command);
      if (state.answer instanceof Error) throw state.answer;
      return state.answer;
    },
  });
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: listener.url,
    folder,
    store,
    ...filled,
    commands,
    defects,
    answerWith(answer) {
      state.answer = answer;
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      reader.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Filled = Pick<Served, 'failed' | 'incident'>;

async function fill(store: Store, folder: string): Promise<Filled> {
  const now = Math.floor(realClock.now() / SLOT_MS) * SLOT_MS;
  const [front, search, checkout, launch, slow, nightly] = CHECKS;
  if (!front || !search || !checkout || !launch || !slow || !nightly) throw new Error('the checks are here');
  const ms = (name: string, value: number) => ({ name, value, unit: 'ms' }) as const;
  const http = (total: number): Partial<Observation> => ({
    measures: [ms('total', total), ms('phase.connect', 4), ms('phase.first_byte', total * 0.7)],
    assertions: [{ ok: true, expected: 'status is 2xx', actual: '200' }],
    facts: { finalUrl: 'https://shop.example/parts', httpVersion: '1.1' },
  });
  const series = async (check: Check, seen: (index: number) => Partial<Observation>): Promise<Run> => {
    let last: Run | undefined;
    for (let index = 0; index < 30; index += 1) {
      const at = now - (30 - index) * SLOT_MS;
      last = moved(sampleRun(check, seen(index)), at, index);
      await store.commit({ run: last });
    }
    if (last === undefined) throw new Error('a series has runs');
    return last;
  };
  await series(front, (index) =>
    index === 7 ? { assertions: [{ ok: false, expected: 'status is 2xx', actual: '503' }] } : http(120 + index),
  );
  await series(search, (index) => http(index > 24 ? 260 : 90 + index));
  await series(slow, () => http(300));
  await series(launch, () => ({ fault: fault('tool-missing', `k6 was not found; ${HOSTILE}`) }));
  await store.commit({ pause: { check: nightly.id, since: now, by: HOSTILE.slice(0, 80) } });
  await store.commit({
    skipped: [0, 1, 2].map((index) => ({
      slot: { check: nightly.id, location: 'local', dueAt: now - index * SLOT_MS },
      reason: 'paused',
      recordedAt: now,
    })),
  });
  const failed = moved(sampleRun(checkout, hostileObservation()), now - SLOT_MS, 200);
  const incident: Incident = {
    id: incidentId(now, '0000beef'),
    check: checkout.id,
    location: 'local',
    track: 'target',
    severity: 'P1',
    since: failed.startedAt,
    openedAt: failed.finishedAt,
    openedBy: failed.id,
  };
  const notice = noticeOf(incident, checkout);
  await store.commit({ run: await withArtefacts(failed, folder), incidents: [incident], notices: [notice] });
  for (const [attempt, outcome] of [
    { status: 'retry', detail: `connection refused ${HOSTILE}` },
    { status: 'accepted', detail: '250 queued' },
  ].entries())
    await store.recordDelivery(
      {
        notice: notice.id,
        channel: notice.channel,
        attempt: attempt + 1,
        at: now + attempt,
        durationMs: 12,
        outcome:
          outcome.status === 'retry'
            ? { status: 'retry', detail: outcome.detail }
            : { status: 'accepted', detail: outcome.detail },
      },
      outcome.status === 'retry' ? now : undefined,
    );
  return { failed: failed.id, incident };
}

function moved(run: Run, at: number, serial: number): Run {
  const shift = at - run.startedAt;
  return {
    ...run,
    id: runId(at, serial.toString(16).padStart(4, '0') + hashOf(run.check)),
    slot: { check: run.check, location: run.location, dueAt: at },
    attempts: run.attempts.map((attempt) => ({ ...attempt, startedAt: attempt.startedAt + shift })),
    startedAt: at,
    finishedAt: run.finishedAt + shift,
  };
}

function hashOf(text: string): string {
  return Buffer.from(text).toString('hex').slice(0, 8).padEnd(8, '0');
}

function hostileObservation(): Partial<Observation> {
  return {
    steps: [
      { name: 'Find a part', startMs: 0, durationMs: 420, status: 'passed' },
      { name: HOSTILE, startMs: 420, durationMs: 800, status: 'failed', message: `${HOSTILE}\n${'long '.repeat(150)}` },
    ],
    assertions: [
      { ok: true, expected: 'the page has a heading', actual: 'it did' },
      { ok: false, expected: `the receipt shows ${HOSTILE}`, actual: `${HOSTILE} ${'x'.repeat(900)}`, step: 'Pay' },
    ],
    measures: [
      { name: 'lcp', value: 1_840, unit: 'ms', labels: { page: '/parts' } },
      { name: `custom.${HOSTILE}`, value: 0.5, unit: 'ratio', labels: { page: HOSTILE } },
    ],
    evidence: { pages: { seen: 2, detail: HOSTILE } },
    facts: { finalUrl: `https://shop.example/?q=${HOSTILE}`, title: HOSTILE },
    artefacts: [],
  };
}

function noticeOf(incident: Incident, check: Check): Notice {
  return {
    id: noticeId(incident.id, 'opened', 'ops'),
    incident: incident.id,
    channel: 'ops',
    createdAt: incident.openedAt,
    content: {
      version: 1,
      change: 'opened',
      track: incident.track,
      severity: incident.severity,
      check: { id: check.id, name: check.name, kind: check.kind, tags: check.tags },
      target: { name: 'shop', environment: 'test', url: 'https://shop.example' },
      location: 'local',
      since: incident.since,
      at: incident.openedAt,
      ...(incident.openedBy === undefined ? {} : { run: incident.openedBy }),
      summary: `Checkout is failing: ${HOSTILE}`,
      details: [HOSTILE],
    },
  };
}
