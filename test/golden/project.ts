import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Incident } from '../../core/incident.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Delivery } from '../../core/notice.ts';
import type { Run } from '../../core/run.ts';
import type { Store } from '../../core/store.ts';
import { START, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { sampleIncident, sampleNotice } from '../../results/fixtures/sample-records.ts';
import { openStore } from '../../results/open-store.ts';

/** When every command of the golden texts runs. */
export const NOW = Date.UTC(2026, 0, 3, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Where the commands run. */
export type Project = Disposable & {
  readonly root: string;
  /** With a configuration, files to import and two days of history. */
  readonly watched: string;
  /** With the same configuration and nothing recorded. */
  readonly fresh: string;
  /** The same, for commands that record something. */
  readonly measured: string;
  /** With nothing in it. */
  readonly empty: string;
};

/** Nothing falls due while a command runs. */
const NEVER_DUE = { cron: '0 0 29 2 *' };

/** A small shop that is watched at this address. */
export async function makeProject(targetUrl: string): Promise<Project> {
  // The real path: on some systems the temporary folder is a link, and commands say where it leads.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'vigie-golden-')));
  const within = (name: string): string => join(root, name);
  const folders = { watched: within('watched'), fresh: within('fresh'), measured: within('measured') };
  for (const folder of Object.values(folders))
    writeFiles(folder, targetUrl, folder === folders.measured ? NEVER_DUE : { cron: '0 * * * *', zone: 'UTC' });
  mkdirSync(within('empty'));
  await recordHistory(join(folders.watched, 'data'));
  return {
    root,
    ...folders,
    empty: within('empty'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

const CHECKS = [
  { kind: 'http', id: 'home', options: { budgets: { total: { warn: '<= 10s', fail: '<= 20s' } } } },
  { kind: 'http', id: 'news', options: { url: '/bad' } },
  { kind: 'audit', id: 'pages', options: { pages: ['/'], runs: 1 } },
  { kind: 'load', id: 'burst', options: { script: 'load.js' } },
];

function writeFiles(folder: string, url: string, schedule: object): void {
  const configuration = {
    target: { name: 'shop', url, environment: 'test' },
    // One light run at a time, for what runs side by side ends in any order.
    settings: { web: { port: 0 }, lanes: { light: 1 } },
    defaults: { ...schedule, confirm: false },
    checks: CHECKS,
  };
  const files = {
    'vigie.config.ts': `export default ${JSON.stringify(configuration)};`,
    'wrong.config.ts': `export default ${JSON.stringify({ ...configuration, checks: [WRONG] })};`,
    'load.js': 'export default function () {}',
    'budget.json': JSON.stringify([BUDGET]),
    'options.json': JSON.stringify({ thresholds: {} }),
    'package.json': JSON.stringify({ type: 'module' }),
  };
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

const WRONG = { kind: 'http', id: 'Home', options: { evry: '1m', timeout: 'soon' } };
const BUDGET = {
  path: '/',
  timings: [
    { metric: 'interactive', budget: 5_000 },
    { metric: 'first-meaningful-paint', budget: 2_000 },
  ],
  resourceSizes: [{ resourceType: 'script', budget: 150 }],
};

/** A run of two checks in each of forty hours: `home` got slower, `news` was down for two hours, and is down again. */
async function recordHistory(folder: string): Promise<void> {
  const store = await openStore({ folder, log: SILENT_LOG, clock: { now: () => NOW } });
  const hours = Array.from({ length: 40 }, (_, index) => 40 - index);
  const news = hours.map((hour) => ({ hour, run: runOfNews(hour) }));
  await Promise.all(hours.map((hour) => store.commit({ run: runOfHome(hour) })));
  await Promise.all(news.map(({ run }) => store.commit({ run })));
  const [first, second] = [news.find(({ hour }) => hour === 10), news.find(({ hour }) => hour === 2)];
  if (first === undefined || second === undefined) throw new TypeError('both are among the forty');
  await recordIncident(store, { ...sampleIncident(first.run), closed: { at: NOW - 8 * HOUR, how: 'recovered' } });
  await recordIncident(store, sampleIncident(second.run, '00000002'));
  await store.close();
}

const secondsAt = (hoursAgo: number): number => (NOW - hoursAgo * HOUR - START) / 1_000;

function runOfHome(hoursAgo: number): Run {
  const ms = (hoursAgo > 20 ? 100 : 130) + ((hoursAgo * 7) % 5);
  return sampleRun(sampleCheck('home'), { measures: [{ name: 'total', value: ms, unit: 'ms' }] }, secondsAt(hoursAgo));
}

function runOfNews(hoursAgo: number): Run {
  const isDown = [10, 9, 2, 1].includes(hoursAgo);
  const assertions = [{ ok: !isDown, expected: 'status is 2xx', actual: isDown ? '503' : '200' }];
  const measures = [{ name: 'total', value: 80 + (hoursAgo % 3), unit: 'ms' }] as const;
  // A second later than the other check, whose ids would be the same.
  return sampleRun(sampleCheck('news'), { measures, assertions }, secondsAt(hoursAgo) + 1);
}

/** What is told of it by mail is taken at the second attempt; what is told of its end is not taken at all. */
async function recordIncident(store: Store, incident: Incident): Promise<void> {
  const opened = sampleNotice(incident, 'opened');
  await store.commit({ incidents: [incident], notices: [opened] });
  const delivery = { notice: opened.id, channel: opened.channel, durationMs: 12, at: incident.since };
  const outcomes: readonly Delivery['outcome'][] = [
    { status: 'retry', detail: '421 too busy' },
    { status: 'accepted', detail: '250 ok' },
  ];
  for (const [index, outcome] of outcomes.entries())
    await store.recordDelivery({ ...delivery, attempt: index + 1, outcome }, index === 0 ? NOW : undefined);
  if (incident.closed === undefined) return;
  const recovered = sampleNotice(incident, 'recovered');
  await store.commit({ notices: [recovered] });
  const outcome = { status: 'rejected', detail: '550 no such mailbox' } as const;
  await store.recordDelivery({ ...delivery, notice: recovered.id, attempt: 1, outcome }, undefined);
}
