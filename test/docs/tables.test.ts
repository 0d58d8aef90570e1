import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { KINDS } from '../../app/kinds.ts';
import { CHECK_KINDS } from '../../core/check.ts';
import { FOLDER_RULES, type FolderRule } from '../../tools/imports/rules.ts';
import { codeIn, ROOT, readDocument, readDocuments, rowsOf, tableAfter } from './documents.ts';
import { remake } from './tables.ts';

const documents = readDocuments();

describe('tables made from the code', () => {
  for (const page of documents.filter(({ text }) => text.includes('<!-- made: '))) {
    it(`of ${page.path} are what the code says; else: node test/docs/write-tables.ts`, () => {
      assert.equal(page.text, remake(page));
    });
  }

  it('are there for metrics, faults, and measures of every kind', () => {
    const all = documents.map(({ text }) => text).join('\n');
    const wanted = ['metrics', 'faults', 'taints', 'routes', ...KINDS.map(({ kind }) => `measures ${kind}`)];
    assert.deepEqual(
      wanted.filter((name) => !all.includes(`<!-- made: ${name} -->`)),
      [],
    );
  });

  it('are there for the endings of every kind that has its own', () => {
    const all = documents.map(({ text }) => text).join('\n');
    // A tls check ends like an http one over network and TLS.
    const wanted = CHECK_KINDS.filter((kind) => kind !== 'tls').map((kind) => `<!-- made: endings ${kind} -->`);
    assert.deepEqual(
      wanted.filter((mark) => !all.includes(mark)),
      [],
    );
  });
});

describe('the layout in the architecture page', () => {
  it('names every folder that is there, and what it may import', () => {
    const rows = tableAfter(readDocument('docs/architecture.md'), 'layout') ?? [];
    const shown = rows.map(([folder = '', , may = '']) => `${(codeIn(folder)[0] ?? '').replace(/\/$/, '')}: ${may}`);
    const rules = FOLDER_RULES.filter(({ folder }) => folder !== '.' && !folder.includes('/') && isThere(folder));
    assert.deepEqual([...shown].sort(), rules.map((rule) => `${rule.folder}: ${permission(rule)}`).sort());
  });
});

describe('the decision about dependencies', () => {
  it('has every package of package.json and no other', () => {
    const named = z
      .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const packages = [...Object.keys(named.dependencies), ...Object.keys(named.devDependencies)];
    const rows = rowsOf(readDocument('docs/decisions/012-dependencies.md'));
    assert.deepEqual(rows.flatMap(([first = '']) => codeIn(first)).sort(), packages.sort());
  });
});

function isThere(folder: string): boolean {
  return existsSync(join(ROOT, folder));
}

function permission({ may }: FolderRule): string {
  if (may === 'all') return 'all';
  const others = may.filter((folder) => !folder.includes('/'));
  return others.length === 0 ? 'nothing of ours' : others.join(', ');
}
