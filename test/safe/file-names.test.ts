import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { openArtefactArea } from '../../app/engine/artefact-area.ts';
import { runId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { scrubFile } from '../../synthetic/scrub-archive.ts';
import { collectArtefacts } from '../../synthetic/spec/artefacts.ts';
import type { TestLine } from '../../synthetic/spec/report-lines.ts';
import { secretsOf } from '../../synthetic/testing/surroundings.ts';

/** Names that lead somewhere, or that some system takes for something else than a file. */
const LEADING_OUT = [
  '../../../x',
  'a/../../../../x',
  '..\\..\\x',
  '/tmp/x',
  '\\\\server\\share\\x',
  'C:\\x',
  'c:x',
  'nul\u0000.txt',
  'line\n.txt',
  '..',
];
const ODD = ['CON', 'aux.txt', 'x'.repeat(300), '....', '%2e%2e%2fx', '~', '-rf', 'é\u202etxt'];
const NAMES = [...LEADING_OUT, ...ODD];

/** A folder in a folder of its own, so that what is written one level up is seen. */
function fresh(test: TestContext): {
  readonly root: string;
  readonly folder: string;
  readonly all: () => readonly string[];
} {
  const root = mkdtempSync(join(tmpdir(), 'vigie-names-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'in');
  mkdirSync(folder);
  return { root, folder, all: () => readdirSync(root, { recursive: true }).map(String).sort() };
}

test('a recording is kept without entries whose names lead out of where it is unpacked', async (t) => {
  const { folder, all } = fresh(t);
  const [from, to] = [join(folder, 'trace.zip'), join(folder, 'kept.zip')];
  writeFileSync(
    from,
    zipSync(Object.fromEntries(['0-trace.trace', 'resources/a', ...NAMES].map((name) => [name, strToU8('x')]))),
  );
  assert.equal(await scrubFile({ from, to, isArchive: true, known: [] }), undefined);
  assert.deepEqual(Object.keys(unzipSync(readFileSync(to))).sort(), ['0-trace.trace', 'resources/a', ...ODD].sort());
  assert.deepEqual(all(), ['in', 'in/kept.zip', 'in/trace.zip']);
});

test('what tests attach is kept under names of ours, and only what lies in the output of the run', async (t) => {
  const { root, folder, all } = fresh(t);
  const [output, kept] = [join(folder, 'output'), join(folder, 'kept')];
  for (const made of [output, kept]) mkdirSync(made);
  writeFileSync(join(folder, 'report'), '');
  for (const secret of [join(root, 'outside.txt'), `${output}-twin`]) writeFileSync(secret, 'not to be kept');
  symlinkSync(join(root, 'outside.txt'), join(output, 'link.txt'));
  const files = ['CON', 'é\u202etxt.txt', '....'].map((name) => join(output, name));
  for (const file of files) writeFileSync(file, 'attached');
  const elsewhere = [join(output, 'link.txt'), `${output}-twin`, join(root, 'outside.txt')];
  const paths = [...elsewhere, ...NAMES.map((name) => `${output}/${name}`), ...NAMES];
  const lines = [...files, ...paths].map((path) => lineOf(path));
  const { artefacts } = await collectArtefacts(
    { stdout: '', stderr: '' },
    lines,
    { folder, report: join(folder, 'report'), output, pages: join(folder, 'pages') },
    {
      secrets: secretsOf({}),
      artefactFolder: async () => kept,
    },
  );
  const attached = artefacts.filter(({ kind }) => kind === 'raw');
  for (const { file } of attached) {
    assert.match(file, /^attachment-\d+\.txt$/);
    assert.equal(readFileSync(join(kept, file), 'utf8'), 'attached');
  }
  assert.ok(attached.length >= files.length);
  assert.deepEqual(all().filter((name) => /attachment/.test(name)).length, attached.length);
});

test('a runner that names files by what it was told keeps none outside of its folder, and ends none there', async (t) => {
  const { folder, root } = fresh(t);
  writeFileSync(join(root, 'x'), 'mine');
  const area = await openArtefactArea(folder, SILENT_LOG);
  const attempt = area.open(runId(Date.UTC(2026, 0, 1), '0badcafe'), 1);
  const own = await attempt.folder();
  writeFileSync(join(own, 'a.log'), 'four');
  const named = ['a.log', ...LEADING_OUT, '../../../../../x'].map(
    (file) => ({ kind: 'log', file, mediaType: 'text/plain', sizeBytes: 4 }) as const,
  );
  assert.deepEqual(
    (await attempt.keep(named)).map(({ file }) => file),
    ['a.log'],
  );
  assert.equal(readFileSync(join(root, 'x'), 'utf8'), 'mine');
  await area.close();
});

function lineOf(path: string): TestLine {
  return {
    type: 'test',
    title: path.slice(0, 50),
    line: 1,
    project: '',
    file: '',
    outcome: 'unexpected',
    status: 'failed',
    expectedStatus: 'passed',
    startedAt: 0,
    durationMs: 1,
    tries: 1,
    errors: [],
    steps: [],
    asserted: 0,
    open: [],
    attachments: [{ name: path.slice(0, 90), contentType: 'text/plain', path }],
  };
}
