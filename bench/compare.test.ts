import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { changesBetween, differencesOf } from './compare.ts';
import { printChanges } from './print.ts';
import { benchDocument } from './result.ts';
import { sampleDocument } from './testing/sample-document.ts';

describe('a run beside an earlier one', () => {
  it('is alike on the same machine, with the same tools, whatever our own version', () => {
    const now = sampleDocument(100, { versions: { vigie: '0.2.0', node: '24.21.0', k6: '2.2.0' } });
    assert.deepEqual(differencesOf(sampleDocument(100), now), []);
  });

  for (const [what, more, said] of [
    ['another processor', { host: { ...sampleDocument(1).host, cpuModel: 'Epyc' } }, 'cpuModel: Xeon, now Epyc'],
    ['another size', { size: 'quick' }, 'size: full, now quick'],
    ['another build', { build: 'source' }, 'build: compiled, now source'],
    ['another k6', { versions: { node: '24.21.0', k6: '2.3.0' } }, 'k6: 2.2.0, now 2.3.0'],
    ['a tool that is gone', { versions: { node: '24.21.0' } }, 'k6: 2.2.0, now none'],
    ['a slower pace', { cpuFitness: { before: 700, after: 700 } }, 'CPU fitness: 1000, now 700'],
  ] as const)
    it(`is unlike with ${what}`, () => {
      assert.deepEqual(differencesOf(sampleDocument(100), sampleDocument(100, more)), [said]);
    });

  it('tells by how much each figure changed, and whether that is more than its spread', () => {
    const printed = (now: number): string => printChanges(changesBetween(sampleDocument(100), sampleDocument(now)));
    assert.match(printed(150), /memory: rss: 100 B, now 150 B \(1\.500 x\)$/);
    assert.match(printed(104), /within the spread$/);
  });

  it('is refused before anything is measured when the file holds no run', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-test-'));
    try {
      const file = join(folder, 'old.json');
      writeFileSync(file, JSON.stringify({ ...sampleDocument(1), schemaVersion: 2 }));
      const ended = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), '--compare', file]);
      assert.equal(ended.status, 3);
      assert.match(String(ended.stderr), /is not a run to compare with/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be read back as it was written', () => {
    assert.deepEqual(benchDocument.parse(JSON.parse(JSON.stringify(sampleDocument(7)))), sampleDocument(7));
  });
});
