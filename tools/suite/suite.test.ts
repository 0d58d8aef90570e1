import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

const PROGRAM = join(dirname(import.meta.dirname), 'test.ts');
const scratch = mkdtempSync(join(tmpdir(), 'vigie-suite-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const IT = "import { describe, it } from 'node:test';";
const PASSING = `${IT} it('passes', () => {});`;
const FAILING = `${IT} it('fails', () => { throw new Error('as planned'); });`;

let trees = 0;
/** Plants test files in a folder of their own and runs what `npm test` runs there. */
function suite(
  files: Readonly<Record<string, string>>,
  ...words: readonly string[]
): { code: number | null; output: string } {
  trees += 1;
  const root = join(scratch, String(trees));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  // Told that it is a child of a test run, Node's runner would run nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

describe('npm test', () => {
  it('runs light and heavy files, and tells the sum of both as Node does', () => {
    const { code, output } = suite({ 'core/a.test.ts': PASSING, 'lighthouse/b.test.ts': PASSING });
    assert.equal(code, 0, output);
    assert.match(output, /tests 2$/m);
    assert.match(output, /pass 2$/m);
    assert.equal(output.match(/duration_ms/g)?.length, 1, 'one summary');
  });

  it('fails for a failure in either', () => {
    for (const folder of ['core', 'lighthouse']) {
      const other = folder === 'core' ? 'lighthouse' : 'core';
      const { code, output } = suite({ [`${folder}/a.test.ts`]: FAILING, [`${other}/b.test.ts`]: PASSING });
      assert.equal(code, 1, output);
      assert.match(output, /fail 1$/m);
      assert.match(output, /failing tests:[\s\S]*as planned/);
    }
  });

  it('fails for a file that ends without a test, which Node takes for a pass', () => {
    for (const content of ['', 'process.exit(0);']) {
      const { code, output } = suite({ 'core/a.test.ts': content, 'core/b.test.ts': PASSING });
      assert.equal(code, 1, output);
      assert.match(output, /NO TESTS: core\/a\.test\.ts/);
    }
  });

  it('fails for a file that cannot be loaded', () => {
    assert.equal(suite({ 'core/a.test.ts': "import './missing.ts';" }).code, 1);
  });

  it('says what was left out, whole suites too, and why', () => {
    const skips = `${IT} it('one', { skip: 'no k6' }, () => {}); describe('many', { skip: 'no browser' }, () => { it('x', () => {}); });`;
    const { code, output } = suite({ 'core/a.test.ts': skips });
    assert.equal(code, 0, output);
    assert.match(output, /left out: core\/a\.test\.ts: one: no k6/);
    assert.match(output, /left out: core\/a\.test\.ts: many: no browser/);
  });

  it('leaves alone what is not ours', () => {
    const noise = { 'node_modules/x/a.test.ts': FAILING, 'dist/a.test.ts': FAILING, '.cache/a.test.ts': FAILING };
    assert.equal(suite({ 'core/a.test.ts': PASSING, ...noise }).code, 0);
  });

  it('runs only what is asked for, and does not take nothing for a pass', () => {
    const files = { 'core/a.test.ts': PASSING, 'web/b.test.ts': FAILING };
    assert.equal(suite(files, 'core/').code, 0);
    const nothing = suite(files, 'alerts');
    assert.equal(nothing.code, 3);
    assert.match(nothing.output, /no test file below .* has alerts in its path/);
  });
});
