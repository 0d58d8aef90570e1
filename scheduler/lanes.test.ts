import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Lane } from '../core/check.ts';
import { type AcquireMachineLock, type LaneEntry, Lanes, type LanesOptions } from './lanes.ts';

/** Lanes and a record of who is inside; `enter` names each run. */
function scene(options: Partial<LanesOptions> = {}) {
  const lanes = new Lanes({ widths: { light: 2, browser: 2 }, ...options });
  const inside = new Map<string, () => void>();
  const refused = new Map<string, LaneEntry>();
  const enter = (name: string, lane: Lane, dueAt = 0, signal = new AbortController().signal): void => {
    void lanes.enter({ lane, what: name, dueAt, signal }).then((entry) => {
      if (entry.entered) inside.set(name, entry.release);
      else refused.set(name, entry);
    });
  };
  const leave = async (name: string): Promise<void> => {
    inside.get(name)?.();
    inside.delete(name);
    await setImmediate();
  };
  const names = async (): Promise<string> => {
    await setImmediate();
    return [...inside.keys()].sort().join(' ');
  };
  return { lanes, enter, leave, names, refused, inside };
}

test('a lane holds as many as it is wide, and the one due first follows', async () => {
  const { lanes, enter, leave, names } = scene();
  for (const [name, dueAt] of Object.entries({ a: 1, b: 2, late: 9, early: 3 })) enter(name, 'light', dueAt);
  assert.equal(await names(), 'a b');
  assert.deepEqual(lanes.counts().light, { running: 2, waiting: 2 });
  await leave('a');
  assert.equal(await names(), 'b early');
});

test('one place cannot have all of the room once others are known, and gives it back', async () => {
  const lanes = new Lanes({ widths: { light: 5, browser: 1 } });
  const inside: string[] = [];
  const releases: (() => void)[] = [];
  const enter = (name: string, place: string | undefined, dueAt: number): void => {
    const request = { lane: 'light' as const, what: name, place, dueAt, signal: new AbortController().signal };
    void lanes.enter(request).then((entry) => {
      if (!entry.entered) return;
      inside.push(name);
      releases.push(entry.release);
    });
  };
  enter('healthy', 'b:80', 0);
  await setImmediate();
  releases.shift()?.();
  for (let turn = 1; turn <= 8; turn += 1) enter(`dead ${turn}`, 'a:80', turn);
  await setImmediate();
  assert.equal(inside.filter((name) => name.startsWith('dead')).length, 4);
  enter('healthy again', 'b:80', 9);
  await setImmediate();
  assert.equal(inside.at(-1), 'healthy again');
  releases.shift()?.();
  await setImmediate();
  assert.equal(inside.at(-1), 'dead 5');
});

test('the only place has all of the room', async () => {
  const { lanes, enter, names } = scene({ widths: { light: 3, browser: 1 } });
  for (const name of ['a', 'b', 'c', 'd']) enter(name, 'light');
  assert.equal(await names(), 'a b c');
  assert.equal(lanes.counts().light.waiting, 1);
});

test('leaving twice makes room once', async () => {
  const { enter, names, inside } = scene();
  for (const name of ['a', 'b', 'c', 'd']) enter(name, 'light');
  await names();
  const release = inside.get('a');
  release?.();
  release?.();
  inside.delete('a');
  assert.equal(await names(), 'b c');
});

test('an exclusive run waits for browsers, holds them back, and leaves light runs alone', async () => {
  const { enter, leave, names } = scene();
  enter('journey', 'browser', 1);
  enter('load', 'exclusive', 2);
  enter('next-journey', 'browser', 3);
  enter('probe', 'light', 4);
  assert.equal(await names(), 'journey probe');
  await leave('journey');
  assert.equal(await names(), 'load probe');
  await leave('load');
  assert.equal(await names(), 'next-journey probe');
});

test('exclusive runs go one at a time', async () => {
  const { enter, leave, names } = scene();
  enter('one', 'exclusive', 1);
  enter('two', 'exclusive', 2);
  assert.equal(await names(), 'one');
  await leave('one');
  assert.equal(await names(), 'two');
});

test('browsers that are due earlier go before an exclusive run, so neither lane starves', async () => {
  const { enter, leave, names } = scene();
  enter('audit-1', 'exclusive', 1);
  enter('audit-2', 'exclusive', 5);
  for (const [name, dueAt] of Object.entries({ j2: 2, j3: 3, j4: 4, j6: 6 })) enter(name, 'browser', dueAt);
  const seen = [await names()];
  for (const name of ['audit-1', 'j2', 'j3', 'j4', 'audit-2']) {
    await leave(name);
    seen.push(await names());
  }
  assert.deepEqual(seen, ['audit-1', 'j2 j3', 'j3 j4', 'j4', 'audit-2', 'j6']);
});

test('waiting ends when the signal fires, and makes way for others', async () => {
  const { lanes, enter, leave, names, refused } = scene();
  const stop = new AbortController();
  enter('journey', 'browser', 1);
  enter('load', 'exclusive', 2, stop.signal);
  enter('other', 'browser', 3);
  assert.equal(await names(), 'journey');
  stop.abort();
  assert.equal(await names(), 'journey other');
  assert.equal(refused.get('load')?.entered, false);
  assert.deepEqual(lanes.counts().exclusive, { running: 0, waiting: 0 });
  enter('too-late', 'light', 4, stop.signal);
  await leave('journey');
  const entry = refused.get('too-late');
  assert.ok(entry && !entry.entered && entry.reason === 'aborted');
});

test('a full queue refuses the next and says which', async () => {
  const { enter, names, refused } = scene({ queueLimit: 1 });
  for (const name of ['a', 'b', 'waits', 'refused']) enter(name, 'light');
  assert.equal(await names(), 'a b');
  const message = 'refused found no more room in the queue of the light lane';
  assert.deepEqual([...refused], [['refused', { entered: false, reason: 'capacity', message }]]);
});

test('a lane may be made wider while runs wait', async () => {
  const { lanes, enter, names } = scene();
  for (const name of ['a', 'b', 'c']) enter(name, 'browser');
  assert.equal(await names(), 'a b');
  lanes.setWidths({ light: 2, browser: 3 });
  assert.equal(await names(), 'a b c');
});

/** A machine lock whose holders are let in and out by the test. */
function machineLock() {
  const asked: { readonly what: string; readonly give: () => void; readonly fail: (error: Error) => void }[] = [];
  let released = 0;
  const acquireMachineLock: AcquireMachineLock = (what, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    signal.addEventListener('abort', () => reject(new Error('aborted')));
    asked.push({ what, fail: reject, give: () => resolve(() => (released += 1)) });
    return promise;
  };
  return { asked, acquireMachineLock, released: () => released };
}

test('while another process holds the machine lock browsers go on; when it is ours they are drained', async () => {
  const lock = machineLock();
  const { enter, leave, names } = scene({ acquireMachineLock: lock.acquireMachineLock });
  enter('load', 'exclusive', 1);
  enter('journey', 'browser', 2);
  assert.equal(await names(), 'journey');
  assert.deepEqual(
    lock.asked.map(({ what }) => what),
    ['load'],
  );
  lock.asked[0]?.give();
  await names();
  enter('next', 'browser', 3);
  assert.equal(await names(), 'journey');
  await leave('journey');
  assert.equal(await names(), 'load');
  assert.equal(lock.released(), 0);
  await leave('load');
  assert.equal(await names(), 'next');
  assert.equal(lock.released(), 1);
});

test('a lock that comes after the waiting was ended is given back', async () => {
  const released: string[] = [];
  const { promise, resolve } = Promise.withResolvers<() => void>();
  const { enter, names } = scene({ acquireMachineLock: (what) => promise.then(() => () => void released.push(what)) });
  const stop = new AbortController();
  enter('load', 'exclusive', 1, stop.signal);
  stop.abort();
  resolve(() => {});
  await names();
  assert.deepEqual(released, ['load']);
});

test('a lock that was taken is given back when the run gives up before its turn', async () => {
  const lock = machineLock();
  const { enter, names } = scene({ acquireMachineLock: lock.acquireMachineLock });
  const stop = new AbortController();
  enter('journey', 'browser', 0);
  enter('load', 'exclusive', 1, stop.signal);
  lock.asked[0]?.give();
  await names();
  stop.abort();
  await names();
  assert.equal(lock.released(), 1);
});

test('a lock that cannot be had refuses its run and not the next', async () => {
  const lock = machineLock();
  const { enter, names, refused } = scene({ acquireMachineLock: lock.acquireMachineLock });
  enter('load', 'exclusive', 1);
  enter('audit', 'exclusive', 2);
  lock.asked[0]?.fail(new Error('disk is full'));
  await names();
  const entry = refused.get('load');
  assert.ok(entry && !entry.entered && entry.message.includes('disk is full'));
  lock.asked[1]?.give();
  assert.equal(await names(), 'audit');
});
