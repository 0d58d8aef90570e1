import assert from 'node:assert/strict';
import { it } from 'node:test';
import { limitRate } from './rate-limit.ts';

const RATE = { burst: 3, perMinute: 6 };

it('lets a burst pass, then one as often as the rate says, each client by itself', () => {
  const clock = { at: 0, monotonic: () => clock.at };
  const limit = limitRate(RATE, clock);
  for (let round = 0; round < 3; round += 1) {
    assert.equal(limit.waitMs('10.0.0.1'), 0);
    limit.spend('10.0.0.1');
  }
  assert.equal(limit.waitMs('10.0.0.1'), 10_000);
  assert.equal(limit.waitMs('10.0.0.2'), 0);
  clock.at += 10_000;
  assert.equal(limit.waitMs('10.0.0.1'), 0);
  limit.spend('10.0.0.1');
  assert.equal(limit.waitMs('10.0.0.1'), 10_000);
  clock.at += 3_600_000;
  for (let round = 0; round < 3; round += 1) limit.spend('10.0.0.1');
  assert.ok(limit.waitMs('10.0.0.1') > 0, 'an idle hour fills one burst and no more');
});

it('takes the addresses that one client can choose from for one client', () => {
  const limit = limitRate({ burst: 1, perMinute: 1 }, { monotonic: () => 0 });
  limit.spend('2001:db8:1:2::1');
  limit.spend('::ffff:10.0.0.1');
  const waits = ['2001:db8:1:2:ffff::9', '2001:db8:1:3::1', '10.0.0.1', '10.0.0.2'].map((client) =>
    limit.waitMs(client) > 0 ? 'waits' : 'goes on',
  );
  assert.deepEqual(waits, ['waits', 'goes on', 'waits', 'goes on']);
});

it('remembers a bounded number of clients, those heard of last', () => {
  const limit = limitRate({ burst: 1, perMinute: 1 }, { monotonic: () => 0 });
  limit.spend('10.0.0.1');
  limit.spend('10.0.0.2');
  for (let index = 0; index < 4_095; index += 1) limit.spend(`10.1.${index >> 8}.${index & 255}`);
  assert.deepEqual([limit.waitMs('10.0.0.1') > 0, limit.waitMs('10.0.0.2') > 0], [false, true]);
});
