import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type CheckInput, journeyCheck } from '../../app/index.ts';
import { decisive, type Run } from '../../core/run.ts';
import { locateChromium } from '../../process/locate-tools.ts';
import { describeFamily, type Row } from './family.ts';
import { type HostileSite, serveHostileSite } from './fixtures/hostile-site.ts';
import type { Monitor } from './monitor.ts';
import { killOwn } from './own-processes.ts';

const located = await locateChromium();
const skip = located.found ? false : `no Chromium (${located.looked.join('; ')}); to mend it: ${located.mend}`;
const GREETS = 'greets';
const RENDERER = /--type=renderer/;
const BROWSER = /chrom(?!.*--type=)/;

/** Without confirmation, which would only take the same time once more; that crashes and failures are confirmed is shown elsewhere. */
function journey(name: string, timeout: '4s' | '20s' = '20s'): Row<HostileSite>['check'] {
  return (id): CheckInput => journeyCheck(id, { file: 'journeys.ts', export: name, timeout, confirm: false });
}

/** On a browser that is warm, so that a short deadline is that of the page and not of a browser's start. */
async function warmed(id: string, monitor: Monitor): Promise<Run> {
  await monitor.run(GREETS);
  return monitor.run(id);
}

/** Kills what matches in the middle of the journey, so many times. */
function killing(what: RegExp, times: number): NonNullable<Row<HostileSite>['run']> {
  return async (id: string, monitor: Monitor, site: HostileSite): Promise<Run> => {
    let left = times;
    site.onMiddle = async () => {
      left -= 1;
      if (left >= 0) assert.ok(killOwn(what) > 0, `no process of ours matches ${what}`);
    };
    return monitor.run(id);
  };
}

function keepsEvidence(run: Run): void {
  const kinds = decisive(run)?.artefacts.map(({ kind }) => kind) ?? [];
  assert.ok(kinds.includes('console') && kinds.includes('requests'), kinds.join());
}

function tellsRestart(run: Run): void {
  assert.match(decisive(run)?.facts.browserRestarted ?? '', /died/);
}

const crashed = { inconclusive: 'browser-crashed', blame: 'tool' } as const;
const faults: readonly Row<HostileSite>[] = [
  {
    fault: 42,
    name: 'the process of the page is killed once: a fresh browser decides',
    check: journey('waitsInTheMiddle'),
    run: killing(RENDERER, 1),
    expected: { passed: true },
    also: tellsRestart,
  },
  {
    fault: 42,
    name: 'the browser is killed once: a fresh browser decides',
    check: journey('waitsInTheMiddle'),
    run: killing(BROWSER, 1),
    expected: { passed: true },
    also: tellsRestart,
  },
  {
    fault: 42,
    name: 'the browser is killed again and again: not the target',
    check: journey('waitsInTheMiddle'),
    run: killing(BROWSER, 10),
    expected: crashed,
  },
  {
    fault: 43,
    name: 'a page that computes without end',
    check: journey('computesInThePage', '4s'),
    run: warmed,
    expected: { failed: /step 'press' completes: .*deadline|step 'press' completes: .*[Tt]imeout/, attempts: 1 },
    also: keepsEvidence,
  },
  {
    fault: 43,
    name: 'a page with alert() and beforeunload',
    check: journey('meetsDialogs'),
    expected: { passed: true },
  },
  {
    fault: 43,
    name: 'a network that is never idle, and a journey that does not care',
    check: journey('ignoresTheNetwork'),
    expected: { passed: true },
  },
  {
    fault: 43,
    name: 'a network that is never idle, and a journey that waits for that',
    check: journey('waitsForSilence', '4s'),
    run: warmed,
    expected: { failed: /step 'silence' completes: still waiting for the page at the deadline/, attempts: 1 },
    also: keepsEvidence,
  },
];

describeFamily<HostileSite>('a browser that breaks', {
  rows: faults.map((row) => ({ ...row, skip })),
  concurrency: 1,
  // Traces and screenshots pass through this process while they are freed of secrets.
  bounds: { rssBytes: 400_000_000 },
  baseFolder: join(import.meta.dirname, 'fixtures'),
  open: async (stack) => stack.use(await serveHostileSite()),
  url: ({ url }) => url,
  checks: () => [journeyCheck(GREETS, { file: 'journeys.ts', export: GREETS })],
  warmUp: async (monitor) => {
    if (skip === false) await monitor.run(GREETS);
  },
});
