import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { loadPlan } from '../../app/load-plan.ts';
import { blocksOf, ROOT, readDocuments } from './documents.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vigie-docs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const examples = readDocuments().flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'ts complete')
    .map(({ text }, index) => ({ name: `${page.path} ${index + 1}`, text })),
);
const files = examples.map(({ name, text }) => {
  const own = join(folder, name.replace(/[^a-z0-9]+/gi, '-'));
  mkdirSync(own);
  const file = join(own, 'vigie.config.ts');
  writeFileSync(file, text);
  return { name, file };
});

describe('complete configurations in the documents', () => {
  it('are there', () => {
    assert.ok(files.length >= 4);
  });

  for (const { name, file } of files) {
    it(`of ${name} are valid`, async () => {
      const plan = await loadPlan({ config: file }, {});
      assert.ok(plan.checks.length > 0);
    });
  }

  it('compile against the public types', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const tsconfig = join(folder, 'tsconfig.json');
    const compilerOptions = {
      noEmit: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules', '@types')],
      paths: { vigie: [join(ROOT, 'app', 'index.ts')] },
    };
    writeFileSync(
      tsconfig,
      JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*/vigie.config.ts'] }),
    );
    const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
    const { stdout } = await run(compiler, ['-p', tsconfig]).catch((error: unknown) => outputOf(error));
    assert.equal(stdout, '');
  });
});

function outputOf(error: unknown): { readonly stdout: string } {
  if (error instanceof Error && 'stdout' in error && error.stdout !== '') return { stdout: String(error.stdout) };
  throw error;
}
