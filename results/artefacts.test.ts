import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runId } from '../core/identifiers.ts';
import type { Artefact } from '../core/observation.ts';
import { openArtefacts } from './artefacts.ts';

const AT = Date.UTC(2026, 10, 22, 10, 30, 15, 7);
const RUN = runId(AT, '0badcafe');

function fresh(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-artefacts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, area: openArtefacts(folder) };
}

function artefact(file: string, sizeBytes: number): Artefact {
  return { kind: 'log', file, mediaType: 'text/plain', sizeBytes };
}

test('files named are kept with the size they have, all others are deleted', async (t) => {
  const { area } = fresh(t);
  const folder = await area.makeFolder(RUN, 1);
  assert.match(folder, /artefacts\/2026-11-22\/20261122103015007-0badcafe\/1$/);
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  for (const name of ['a.log', 'left.tmp', 'deep/b.log', 'deep/er/left.tmp']) writeFileSync(join(folder, name), 'four');
  symlinkSync('/etc/passwd', join(folder, 'link'));
  const kept = await area.keep(RUN, 1, [artefact('a.log', 4), artefact('deep/b.log', 9), artefact('gone.log', 1)]);
  assert.deepEqual(kept.artefacts, [artefact('a.log', 4), artefact('deep/b.log', 4)]);
  assert.deepEqual(kept.problems, [
    "artefact 'deep/b.log' has 4 bytes, 9 were announced",
    "artefact 'gone.log' is named but not in the run's folder",
  ]);
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['a.log', 'deep', 'deep/b.log']);
  assert.equal(await area.sizeBytes(), 8);
});

test('an attempt that leaves nothing leaves no folder', async (t) => {
  const { folder, area } = fresh(t);
  await area.makeFolder(RUN, 1);
  await area.keep(RUN, 1, []);
  assert.deepEqual(readdirSync(join(folder, 'artefacts')), []);
  assert.deepEqual(await area.keep(RUN, 2, []), { artefacts: [], problems: [] });
});

test('only files inside the folder of the attempt are found', async (t) => {
  const { folder, area } = fresh(t);
  const attempt = await area.makeFolder(RUN, 1);
  writeFileSync(join(folder, 'secret'), 'x');
  writeFileSync(join(attempt, 'a.log'), 'four');
  symlinkSync(join(folder, 'secret'), join(attempt, 'link.log'));
  symlinkSync(folder, join(attempt, 'linked'));
  assert.deepEqual(await area.find(RUN, 1, 'a.log'), { path: join(attempt, 'a.log'), sizeBytes: 4 });
  const bad = [
    'link.log',
    'linked/secret',
    '../1/a.log',
    '../../../../secret',
    '/etc/passwd',
    'a.log\0',
    '..\\a',
    '',
    '.',
    'a.log/',
    '%2e%2e/a',
  ];
  for (const file of bad) assert.equal(await area.find(RUN, 1, file), undefined, file);
  for (const run of ['..', '../..', `${RUN}/..`, '', 'x'.repeat(300)])
    assert.equal(await area.find(run, 1, 'a.log'), undefined, run);
  for (const number of [0, -1, 1.5, Number.NaN, 1e9]) assert.equal(await area.find(RUN, number, 'a.log'), undefined);
});

test('a folder is made only for a run id', async (t) => {
  const { area } = fresh(t);
  await assert.rejects(area.makeFolder('../../x' as typeof RUN, 1), { code: 'artefact-path' });
});

test('a sweep deletes files of runs without a record and of runs past retention, not of young ones', async (t) => {
  const { folder, area } = fresh(t);
  const [old, recorded, orphan, young] = [-100_000, 0, 1, 5_000].map((after) => runId(AT + after, '0badcafe'));
  for (const run of [old, recorded, orphan, young]) {
    assert.ok(run);
    writeFileSync(join(await area.makeFolder(run, 1), 'a.log'), 'four');
  }
  const known = new Set([old, recorded]);
  const swept = await area.sweep({
    isRecorded: (run) => known.has(run),
    before: AT + 5_000,
    expiredBefore: AT - 1_000,
  });
  assert.deepEqual([...swept].sort(), [old, orphan]);
  await area.remove([recorded, young].filter((run) => run !== undefined));
  assert.deepEqual(readdirSync(join(folder, 'artefacts')), []);
  assert.ok(existsSync(folder));
});
