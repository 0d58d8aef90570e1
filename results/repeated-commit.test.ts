import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { VigieError } from '../core/errors.ts';
import { FakeClock } from '../core/fake-clock.ts';
import { quietState, type TrackState } from '../core/incident.ts';
import { SILENT_LOG } from '../core/log.ts';
import type { Commit } from '../core/store.ts';
import { Sqlite } from '../process/sqlite.ts';
import { CommitEncoder } from './encode-commit.ts';
import {
  FAILED,
  HOUR,
  MINUTE,
  openTrack,
  START,
  sampleIncident,
  sampleNotice,
  sampleRun,
} from './fixtures/sample-records.ts';
import { lockFolder } from './folder-lock.ts';
import type { Failure } from './protocol.ts';
import { ThreadStore } from './thread-store.ts';
import { WriteQueue } from './write-queue.ts';
import { Writer } from './writer.ts';
import { errorOf } from './writer-client.ts';

test('the same commits again, in one batch and in more, leave the database as it was, to the last row', (t) => {
  const { file, write } = writing(t);
  const commits = outages(10);
  assert.deepEqual(
    commits.flatMap((commit) => write([commit])),
    commits.map(() => undefined),
  );
  const before = dump(file);
  for (const again of [...commits.map((commit) => [commit]), commits, commits.toReversed()]) write(again);
  assert.deepEqual(dump(file), before);
});

test('a run that was kept for no reason is kept long once its incident is committed', (t) => {
  const { file, write } = writing(t);
  const run = sampleRun();
  const kept = (): unknown => {
    using database = new Sqlite(file, { access: 'read' });
    return database.value('select kept from runs');
  };
  write([{ run }]);
  assert.equal(kept(), 0);
  write([{ run, incidents: [sampleIncident(run)] }]);
  assert.equal(kept(), 1);
});

test('what a thread had written when it died, before it could say so, is written once', async (t) => {
  const { file, encoder, writer } = writing(t);
  const batches: { readonly batch: number; readonly failures: readonly (Failure | undefined)[] }[] = [];
  const queue = new WriteQueue({
    gatherMs: 0,
    mostQueued: 1_000,
    encode: (write) => (write.type === 'commit' ? { type: 'commit', record: encoder.encode(write.commit) } : write),
    send: (batch, operations) => batches.push({ batch, failures: writer.write(operations) }),
  });
  const written = outages(10).map((commit) => queue.add({ type: 'commit', commit }));
  queue.flush();
  const before = dump(file);
  queue.sendAgain(new VigieError('store-write-failed', 'the thread died'));
  queue.flush();
  const last = batches.at(-1);
  queue.settle(last?.batch ?? 0, last?.failures.map((failure) => failure && errorOf(failure)) ?? []);
  await Promise.all(written);
  assert.equal(batches.length, 2);
  assert.deepEqual(dump(file), before);
});

for (const durable of [1, 12])
  test(`commits that a new thread is sent once more, after ${durable} answers, end as if nothing had happened`, async (t) => {
    const commits = outages(20);
    const calm = await recorded(t, commits, undefined);
    assert.deepEqual(await recorded(t, commits, durable), calm);
  });

/** Everything that is stored once these are durable; the thread is killed after so many answers, with all others under way. */
async function recorded(t: TestContext, commits: readonly Commit[], killAfter: number | undefined): Promise<unknown> {
  const { file, folder } = place(t);
  const lock = lockFolder(folder, { pid: process.pid, command: 'test', since: 0 });
  const options = { log: SILENT_LOG, clock: new FakeClock(), gatherMs: 0 };
  const store = new ThreadStore({ file, backupFolder: folder }, options, lock);
  await store.start();
  // A question sends what waits, so there are several batches under way.
  const written = commits.flatMap((commit) => [store.commit(commit), store.nextNoticeAt().catch(() => undefined)]);
  await Promise.all(written.slice(0, 2 * (killAfter ?? 0)));
  if (killAfter !== undefined) await store.crash();
  await Promise.all(written);
  await store.close();
  return dump(file);
}

/** Outages of two checks by turns, each run with all that can come with it. */
function outages(count: number): readonly Commit[] {
  return Array.from({ length: count }, (_, index): readonly Commit[] => {
    const dueAt = START + 10 * index * MINUTE;
    const check = index % 2 === 0 ? 'home' : 'parts';
    const failed = sampleRun({ check, dueAt, verdict: FAILED });
    const passed = sampleRun({ check, dueAt: dueAt + MINUTE });
    const { location } = failed;
    const of = { check: failed.check, location };
    const incident = sampleIncident(failed, String(index).padStart(8, '0'));
    const quiet: TrackState = { ...quietState(failed.check, location, 'target'), openings: [incident.openedAt] };
    return [
      {
        run: failed,
        tracks: [openTrack(incident)],
        incidents: [incident],
        notices: [sampleNotice(incident, 'opened', 'mail', dueAt)],
        cursors: [{ ...of, watchedSince: START, lowWater: dueAt }],
        skipped: [{ slot: { ...of, dueAt: dueAt + 2 * MINUTE }, reason: 'overlap', recordedAt: dueAt }],
        pings: [{ check: failed.check, at: dueAt }],
        listener: { since: START, until: dueAt },
      },
      {
        run: passed,
        tracks: [quiet],
        incidents: [{ ...incident, closed: { at: dueAt + MINUTE + 200, how: 'recovered' } }],
        notices: [sampleNotice(incident, 'recovered', 'mail', dueAt + MINUTE)],
        cursors: [{ ...of, watchedSince: START, lowWater: dueAt + MINUTE }],
        pause: { check: failed.check, since: dueAt + MINUTE, by: 'ann' },
      },
      {
        skipped: [{ slot: { ...of, dueAt: dueAt + 3 * MINUTE }, reason: 'missed', recordedAt: dueAt }],
        gaps: [{ ...of, from: dueAt - HOUR, to: dueAt - MINUTE, count: 59, recordedAt: dueAt }],
      },
    ];
  }).flat();
}

function writing(t: TestContext) {
  const { file, folder } = place(t);
  const writer = new Writer(
    { file, backupFolder: folder },
    { now: () => START, onRecovered: () => {}, onMigrated: () => {} },
  );
  t.after(() => writer.answer({ name: 'close' }));
  const encoder = new CommitEncoder();
  const write = (commits: readonly Commit[]) =>
    writer.write(commits.map((commit) => ({ type: 'commit', record: encoder.encode(commit) })));
  return { file, encoder, writer, write };
}

function place(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-repeated-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, file: join(folder, 'vigie.db') };
}

/** Every row of every table. */
function dump(file: string): Readonly<Record<string, readonly object[]>> {
  using database = new Sqlite(file, { access: 'read' });
  const names = z
    .array(z.string())
    .parse(database.values("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"));
  const rows = names.map((name) => [name, database.prepare(`select * from "${name}"`).all()] as const);
  return Object.fromEntries(rows);
}
