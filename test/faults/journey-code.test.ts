import { join } from 'node:path';
import { type CheckInput, journeyCheck } from '../../app/index.ts';
import { locateChromium } from '../../process/locate-tools.ts';
import { describeFamily, type Row } from './family.ts';
import { type HostileSite, serveHostileSite } from './fixtures/hostile-site.ts';

const located = await locateChromium();
const skip = located.found ? false : `no Chromium (${located.looked.join('; ')}); to mend it: ${located.mend}`;
const GREETS = 'greets';

function journey(name: string, timeout: '5s' | '20s' = '20s'): Row<HostileSite>['check'] {
  return (id): CheckInput => journeyCheck(id, { file: 'journeys.ts', export: name, timeout });
}

const faults: readonly Row<HostileSite>[] = [
  {
    fault: 46,
    name: 'calls process.exit(0)',
    check: journey('exits'),
    expected: {
      inconclusive: 'script-exception',
      blame: 'script',
      says: /ended its own process with code 0 in step 'leave'/,
    },
  },
  {
    fault: 46,
    name: 'computes without end',
    check: journey('loops', '5s'),
    run: async (id, monitor) => {
      await monitor.run(GREETS);
      return monitor.run(id);
    },
    expected: { inconclusive: 'script-hung', blame: 'script', says: /computes without end/ },
  },
  {
    fault: 46,
    name: 'rejects, and nobody catches it',
    check: journey('rejects'),
    expected: { inconclusive: 'script-exception', blame: 'script', says: /nobody catches me/ },
  },
  {
    fault: 46,
    name: 'writes a gigabyte to its output',
    check: journey('writesAGigabyte'),
    expected: { passed: true, taint: 'output-truncated' },
  },
  {
    fault: 46,
    name: 'starts 20 processes of its own and leaves',
    check: journey('forks'),
    expected: { inconclusive: 'script-exception', blame: 'script', says: /ended its own process/ },
  },
  {
    fault: 46,
    name: 'takes memory without end',
    check: journey('eatsMemory'),
    expected: { inconclusive: 'script-exception', blame: 'script', says: /more than 1 GiB of memory/ },
  },
];

describeFamily<HostileSite>('journeys whose code is broken', {
  rows: faults.map((row) => ({ ...row, skip })),
  concurrency: 1,
  baseFolder: join(import.meta.dirname, 'fixtures'),
  open: async (stack) => stack.use(await serveHostileSite()),
  url: ({ url }) => url,
  checks: () => [journeyCheck(GREETS, { file: 'journeys.ts', export: GREETS })],
  warmUp: async (monitor) => {
    if (skip === false) await monitor.run(GREETS);
  },
});
