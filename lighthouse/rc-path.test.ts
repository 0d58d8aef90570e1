import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileNamedBy } from './rc-path.ts';

it('a file that lighthouserc names lies beside it or above, and never beyond the root of the project', () => {
  const above = mkdtempSync(join(tmpdir(), 'vigie-rc-path-'));
  const root = join(above, 'project');
  const folder = join(root, '.github', 'lighthouse');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  for (const file of [
    join(folder, 'near.json'),
    join(root, 'near.json'),
    join(root, 'budget.json'),
    join(above, 'far.json'),
  ])
    writeFileSync(file, '[]');
  const named = ['near.json', 'budget.json', './.github/lighthouse/near.json', 'far.json', 'nowhere.json'];
  assert.deepEqual(
    named.map((path) => fileNamedBy(path, { folder })),
    [
      join(folder, 'near.json'),
      join(root, 'budget.json'),
      join(folder, 'near.json'),
      join(folder, 'far.json'),
      join(folder, 'nowhere.json'),
    ],
  );
  rmSync(above, { recursive: true });
});
