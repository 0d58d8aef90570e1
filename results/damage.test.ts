import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { FakeClock } from '../core/fake-clock.ts';
import type { Log } from '../core/log.ts';
import { SILENT_LOG } from '../core/log.ts';
import { Sqlite } from '../process/sqlite.ts';
import {
  DAY,
  FAILED,
  MINUTE,
  openTrack,
  START,
  sampleIncident,
  sampleNotice,
  sampleRun,
} from './fixtures/sample-records.ts';
import { openDatabase } from './open-database.ts';
import { openReader } from './open-reader.ts';
import { openStore } from './open-store.ts';
import { MIGRATIONS } from './schema/migrate.ts';
import type { Migration } from './schema/migration.ts';

/** A data folder with 300 runs, made once and copied. */
const original = mkdtempSync(join(tmpdir(), 'vigie-damage-'));
before(async () => {
  const store = await openStore({ folder: original, log: SILENT_LOG, clock: new FakeClock() });
  const runs = Array.from({ length: 300 }, (_, minute) => sampleRun({ dueAt: START + minute * MINUTE }));
  await Promise.all(runs.map((run) => store.commit({ run })));
  await store.close();
});
after(() => rmSync(original, { recursive: true, force: true }));

const DAMAGES: readonly { readonly name: string; readonly inflict: (file: string) => void; readonly reason: RegExp }[] =
  [
    { name: 'cut to nothing', inflict: (file) => truncateSync(file, 0), reason: /0 bytes/ },
    {
      name: 'cut in the middle',
      inflict: (file) => truncateSync(file, Math.floor(statSync(file).size / 8_192) * 4_096),
      reason: /malformed|invalid|short/i,
    },
    {
      name: 'cut inside a page',
      inflict: (file) => truncateSync(file, statSync(file).size - 2_000),
      reason: /malformed|invalid|short|I\/O|page/i,
    },
    { name: 'a zeroed header', inflict: (file) => overwrite(file, 0, Buffer.alloc(100)), reason: /not a database/ },
    {
      name: 'a zeroed page in the middle',
      inflict: (file) => overwrite(file, middlePage(file), Buffer.alloc(4_096)),
      reason: /malformed|page/i,
    },
    {
      name: 'a page of noise in the middle',
      inflict: (file) => overwrite(file, middlePage(file), Buffer.alloc(4_096, 0xa5)),
      reason: /malformed|page/i,
    },
    {
      name: 'a text file',
      inflict: (file) => writeFileSync(file, 'this was never a database\n'.repeat(300)),
      reason: /not a database/,
    },
    { name: 'a flipped bit in the name of a column', inflict: misspellColumn, reason: /not what was written/ },
    { name: "another program's database", inflict: becomeForeign, reason: /another program/ },
  ];

for (const { name, inflict, reason } of DAMAGES) {
  test(`${name}: moved aside with its evidence, said loudly, and a fresh one is written`, async (t) => {
    const { folder, file } = await copyOf(t);
    inflict(file);
    const damagedSize = statSync(file).size;
    const errors: string[] = [];
    const log: Log = { ...SILENT_LOG, error: (_, message) => errors.push(message) };
    const store = await openStore({ folder, log, clock: new FakeClock() });
    const run = sampleRun();
    await store.commit({ run });
    await store.close();
    assert.match(store.recovered?.reason ?? 'not noticed', reason);
    assert.match(errors.join('\n'), /moved aside/);
    const [aside] = store.recovered?.movedTo ?? [];
    assert.ok(aside !== undefined && statSync(aside).size === damagedSize);
    const reader = openReader({ folder });
    assert.deepEqual(
      reader.runs({ limit: 10 }).map(({ id }) => id),
      [run.id],
    );
    reader.close();
  });
}

for (const { name, inflict } of [
  { name: 'the state of a check', inflict: `update tracks set state = replace(state, '"', '#')` },
  { name: 'a notice that waits', inflict: `update notices set content = replace(content, '{', '[')` },
])
  test(`${name} that makes no sense any more: moved aside, and the start goes on`, async (t) => {
    const { folder, file } = await copyOf(t);
    const store = await openStore({ folder, log: SILENT_LOG, clock: new FakeClock() });
    const run = sampleRun({ dueAt: START + 1_000 * MINUTE, verdict: FAILED });
    const incident = sampleIncident(run);
    await store.commit({
      run,
      incidents: [incident],
      tracks: [openTrack(incident)],
      notices: [sampleNotice(incident, 'opened')],
    });
    await store.close();
    const database = new Sqlite(file);
    database.exec(inflict);
    database.close();
    const again = await openStore({ folder, log: SILENT_LOG, clock: new FakeClock() });
    // A thread that is not closed would hold this process whatever is found.
    const found = await Promise.allSettled([again.resume(), again.dueNotices(START + DAY, 10)]);
    await again.close();
    assert.deepEqual(
      found.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
      [{ cursors: [], tracks: [], pauses: [], lastPings: [], listenerSpans: [] }, []],
    );
    assert.match(again.recovered?.reason ?? 'not noticed', /makes no sense/);
  });

test('a write-ahead log without its database is moved aside too', async (t) => {
  const { folder, file } = await copyOf(t);
  rmSync(file);
  writeFileSync(`${file}-wal`, 'left over');
  const store = await openStore({ folder, log: SILENT_LOG, clock: new FakeClock() });
  await store.close();
  assert.match(store.recovered?.reason ?? '', /file itself is missing/);
  assert.ok(readdirSync(folder).some((name) => /damaged-.*-wal$/.test(name)));
});

test('a torn end of the write-ahead log loses only what was not acknowledged before it', async (t) => {
  const { folder, file } = await copyOf(t);
  const database = new Sqlite(file);
  database.exec('pragma wal_autocheckpoint = 0');
  database.exec("insert into names (name) values ('one')");
  const whole = statSync(`${file}-wal`).size;
  database.exec("insert into names (name) values ('two')");
  // Copied while open, as a power loss would leave it: closing would fold the log back.
  const torn = mkdtempSync(join(tmpdir(), 'vigie-torn-'));
  t.after(() => rmSync(torn, { recursive: true, force: true }));
  await cp(file, join(torn, 'vigie.db'));
  await cp(`${file}-wal`, join(torn, 'vigie.db-wal'));
  database.close();
  truncateSync(join(torn, 'vigie.db-wal'), whole + 1_000);
  const store = await openStore({ folder: torn, log: SILENT_LOG, clock: new FakeClock() });
  await store.close();
  assert.equal(store.recovered, undefined);
  const after = new Sqlite(join(torn, 'vigie.db'), { access: 'read' });
  const names = after.values("select name from names where name in ('one', 'two')");
  after.close();
  assert.deepEqual(names, ['one']);
  assert.ok(existsSync(folder));
});

test('a sound database is not touched', async (t) => {
  const { folder } = await copyOf(t);
  const store = await openStore({ folder, log: SILENT_LOG, clock: new FakeClock() });
  await store.close();
  assert.equal(store.recovered, undefined);
  const reader = openReader({ folder });
  assert.equal(reader.runs({ limit: 1_000 }).length, 300);
  reader.close();
});

async function copyOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-damaged-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await cp(original, folder, { recursive: true });
  return { folder, file: join(folder, 'vigie.db') };
}

function middlePage(file: string): number {
  return Math.floor(statSync(file).size / 8_192) * 4_096;
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** The pages are sound, and nothing that is read at a start names the column. */
function misspellColumn(file: string): void {
  const database = new Sqlite(file, { defensive: false });
  database.exec('pragma writable_schema = on');
  const changed = database
    .prepare("update sqlite_schema set sql = replace(sql, 'status', 'rtatus') where name = 'runs'")
    .run();
  assert.equal(changed.changes, 1);
  database.close();
}

function becomeForeign(file: string): void {
  rmSync(file);
  const database = new Sqlite(file);
  database.exec('create table diary (day text)');
  database.close();
}

test('a file that loses its bytes while it is being opened is kept, so that the next opening tells of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-emptied-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const options = { file: join(folder, 'vigie.db'), backupFolder: folder, now: START };
  openDatabase(options).database.close();
  const step: Migration = {
    version: MIGRATIONS.length + 1,
    title: 'stands for a disk that refuses while another program writes to the file',
    statements: () => {
      truncateSync(options.file, 0);
      throw new Error('the disk refused');
    },
  };
  assert.throws(() => openDatabase({ ...options, migrations: [...MIGRATIONS, step] }), /the disk refused/);
  const { database, recovered } = openDatabase(options);
  database.close();
  assert.match(recovered?.reason ?? '', /0 bytes/);
});
