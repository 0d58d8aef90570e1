import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { importConfig } from './import-config.ts';
import { importInThread } from './import-in-thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-config-test-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a configuration read in a thread of its own', () => {
  it('is the same value as read in ours: enums, extensionless imports, patterns, nothing', async () => {
    write('words.ts', `export enum Word { One = 'one' }`);
    const file = write(
      'good.ts',
      `import { Word } from './words';\nexport default { word: Word.One, pattern: /o.k/iu, nothing: undefined, list: [1, { deep: true }] };`,
    );
    assert.deepEqual(await importInThread(file), { value: await importConfig(file) });
  });

  it('may put variables into our environment, as it could in our thread', async () => {
    const name = 'VIGIE_TEST_OF_CONFIG';
    const file = write('variables.ts', `process.env.${name} = 'set'; export default {};`);
    try {
      assert.ok(await importInThread(file));
      assert.equal(process.env[name], 'set');
    } finally {
      delete process.env[name];
    }
  });

  for (const [what, text] of [
    ['holds a function', 'export default { checks: () => [] };'],
    ['throws', `throw new Error('not today');`],
    ['does not parse', 'export default {'],
    ['ends its thread', 'process.exit(0);'],
  ] as const)
    it(`is left to ours when it ${what}`, async () => {
      assert.equal(await importInThread(write(`${what.replaceAll(' ', '-')}.ts`, text)), undefined);
    });

  it('is let go even if it keeps its thread busy afterwards', async () => {
    const file = write('busy.ts', 'setInterval(() => {}, 1_000); export default { a: 1 };');
    assert.deepEqual(await importInThread(file), { value: { a: 1 } });
  });
});
