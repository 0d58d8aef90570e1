import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { trusted } from '../../core/identifiers.ts';
import type { LogFields } from '../../core/log.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Commit } from '../../core/store.ts';
import { sampleCheck } from '../../reporters/testing/sample-runs.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { type CommandParts, commandHandler } from './commands.ts';
import { keepHeartbeats } from './heartbeat-keeper.ts';

const beat = (id: string, secret: string) =>
  sampleCheck(id, 'heartbeat', { options: { token: { secret, from: 'environment' } } });

/** A handler over a store that keeps or refuses what it is given. */
function open(refuses?: Error, clockDoubt?: string) {
  const commits: Commit[] = [];
  const told: string[] = [];
  const clock = new FakeClock();
  const heartbeats = keepHeartbeats({ lastPings: [], listenerSpans: [], cursors: [] });
  const checks = [beat('unset', 'MISSING'), beat('backup', 'BACKUP'), sampleCheck('home')];
  const parts = {
    store: {
      async commit(commit: Commit) {
        if (refuses !== undefined) throw refuses;
        commits.push(commit);
      },
    },
    secrets: openSecrets({ environment: { BACKUP: 'token-of-the-backup' }, folder: '/' }),
    plan: () => ({ checks }),
    heartbeats,
    clock,
    log: { ...SILENT_LOG, warn: (fields: LogFields) => void told.push(String(fields.error)) },
    scheduler: { clockDoubt },
    pauses: { pause: () => told.push('paused'), resume: () => told.push('resumed') },
  };
  // The handler needs these few parts of a store and a plan only.
  return { handle: commandHandler(parts as unknown as CommandParts), commits, told, heartbeats, clock };
}
const home = trusted.checkId('home');

describe('commands', () => {
  it('take a ping by its token, although the token of another check is not set, which is told once', async () => {
    const { handle, commits, told, heartbeats, clock } = open();
    const at = clock.now();
    for (let round = 0; round < 3; round += 1)
      assert.deepEqual(await handle({ type: 'ping', token: 'token-of-the-backup', at }), { ok: true });
    assert.deepEqual(commits[0], { pings: [{ check: 'backup', at }] });
    assert.equal(heartbeats.lastPingAt(trusted.checkId('backup')), at);
    assert.deepEqual(told, ["the secret 'MISSING' is not set"]);
  });

  for (const token of ['', 'MISSING', 'token-of-the-backu', 'TOKEN-OF-THE-BACKUP'])
    it(`know no token '${token}', and say nothing about the others`, async () => {
      const answer = await open().handle({ type: 'ping', token, at: 0 });
      assert.deepEqual(answer, { ok: false, reason: 'unknown', message: 'there is nothing here' });
    });

  it('take no ping by a clock that cannot be right', async () => {
    const { handle, commits, heartbeats } = open(undefined, 'the clock says 2038, which cannot be');
    const at = Date.UTC(2038, 0, 19);
    const answer = await handle({ type: 'ping', token: 'token-of-the-backup', at });
    assert.deepEqual(answer, { ok: false, reason: 'busy', message: 'the clock says 2038, which cannot be' });
    assert.deepEqual([commits, heartbeats.lastPingAt(trusted.checkId('backup'))], [[], undefined]);
  });

  it('pause and resume a known check only, after the commit', async () => {
    const { handle, commits, told, clock } = open();
    const pause = { type: 'pause', check: home, by: 'ann', until: clock.now() + 1 } as const;
    assert.deepEqual(await handle(pause), { ok: true });
    assert.deepEqual(await handle({ type: 'resume', check: home, by: 'ann' }), { ok: true });
    assert.deepEqual(commits, [
      { pause: { check: home, since: clock.now(), by: 'ann', until: pause.until } },
      { resume: home },
    ]);
    assert.deepEqual(told, ['paused', 'resumed']);
    const unknown = trusted.checkId('gone');
    for (const command of [{ ...pause, check: unknown }, { type: 'resume', check: unknown, by: 'ann' } as const])
      assert.deepEqual(await handle(command), { ok: false, reason: 'unknown', message: 'there is no such check' });
  });

  it('hear a ping that the store cannot take, and say that it is not recorded', async () => {
    const { handle, heartbeats } = open(new Error('the disk is full'));
    const answer = await handle({ type: 'ping', token: 'token-of-the-backup', at: 7 });
    assert.deepEqual(answer, { ok: false, reason: 'busy', message: 'not recorded: the disk is full' });
    assert.equal(heartbeats.lastPingAt(trusted.checkId('backup')), 7);
  });

  it('refuse a pause that would be over before it begins', async () => {
    const { handle, commits, clock } = open();
    const answer = await handle({ type: 'pause', check: home, by: 'ann', until: clock.now() - 1 });
    assert.ok(!answer.ok && answer.reason === 'refused');
    assert.deepEqual(commits, []);
  });

  it('change nothing when the store cannot write', async () => {
    const { handle, told } = open(new Error('the disk is full'));
    for (const command of [
      { type: 'pause', check: home, by: 'ann' },
      { type: 'resume', check: home, by: 'ann' },
    ] as const)
      assert.deepEqual(await handle(command), { ok: false, reason: 'busy', message: 'not recorded: the disk is full' });
    assert.deepEqual(told, []);
  });
});
