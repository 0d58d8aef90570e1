import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { httpCheck, webhook } from '../../app/index.ts';
import { openReader } from '../../results/open-reader.ts';
import { blackHole, closedPort } from '../../synthetic/net/testing/servers.ts';
import { until } from '../e2e/vigie-process.ts';
import { openReceiver, type Receiver } from '../nothing-lost/receiver.ts';
import { describeRun, itDelaysNobody } from './expectations.ts';
import { type Monitor, openMonitor } from './monitor.ts';

const MANY = 1_000;
const ids = Array.from({ length: MANY }, (_, index) => `dead-${index}`);
/** Within so long each of them is due once, as if each were due that often. */
const SPREAD_MS = 4_000;

describe('a target with a thousand checks that goes down', () => {
  const stack = new AsyncDisposableStack();
  let receiver: Receiver;
  let monitor: Monitor;
  before(async () => {
    receiver = stack.use(await openReceiver());
    const hole = stack.use(await blackHole()).port;
    const port = await closedPort();
    const check = (id: string, index: number) => {
      const url = `http://127.0.0.1:${index % 2 === 0 ? port : hole}/`;
      return httpCheck(id, { url, every: '1h', timeout: '300ms', confirm: false, target: 'broken' });
    };
    monitor = await openMonitor({
      url: `http://127.0.0.1:${port}`,
      checks: ids.map(check),
      scheduled: ids,
      spreadMs: SPREAD_MS,
      channels: [webhook('hook', { url: receiver.url })],
    });
    stack.defer(() => monitor.close());
    await monitor.begin();
  });
  after(() => stack.disposeAsync());

  it('39: each has its run and its incident; eleven notices say so, and no more', async (test) => {
    const dead = () => monitor.slotRuns.filter(({ check }) => check.startsWith('dead-'));
    await until('a run of each', () => dead().length >= MANY || undefined);
    const told = new Set(dead().map((run) => describeRun(run).replace(/ – .*/, '')));
    assert.deepEqual(
      [...told].sort(),
      ['the connection was refused', 'nothing answered in time']
        .map((why) => `failed an answer: connect: ${why}`)
        .sort(),
    );
    await until('the notices', () => receiver.posts.length >= 11 || undefined);
    const reader = openReader({ folder: join(monitor.folder, 'data') });
    const incidents = reader.incidents({ limit: 1_000 });
    const notices = incidents.flatMap(({ id }) => reader.notices(id));
    reader.close();
    // A wait in vain on a machine that is busy otherwise is doubtful and opens none; a refusal never is.
    const certain = dead().filter(({ verdict }) => verdict.status === 'failed' && verdict.doubt === undefined);
    assert.ok(certain.length >= MANY / 2, `${certain.length} failures without a doubt`);
    assert.equal(incidents.length, certain.length);
    assert.equal(notices.length, 11);
    assert.deepEqual(
      receiver.posts.map(({ change }) => change),
      Array.from({ length: 11 }, () => 'opened'),
    );
    assert.equal(receiver.posts.filter(({ summary }) => /^More than 10 checks of broken fail/.test(summary)).length, 1);
    const [first, last] = [Math.min, Math.max].map((of) => of(...dead().map(({ startedAt }) => startedAt)));
    test.diagnostic(`all began within ${(last ?? 0) - (first ?? 0)} ms`);
  });

  itDelaysNobody(() => monitor);
});
