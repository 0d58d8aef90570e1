import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace } from './vigie-process.ts';

it('vigie validate looks into lighthouserc.json, once for all checks that read it', async () => {
  using workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: 'http://127.0.0.1:1' },
    checks: [v.auditCheck('one', { every: '1h' }), v.auditCheck('two', { every: '1h', pages: ['/'] })],
  }`);
  const file = join(workspace.folder, 'lighthouserc.json');
  writeFileSync(file, '{ "ci": { "asert": {} } }');
  const refused = await vigieHere(workspace.folder, ['validate']);
  assert.equal(refused.code, 3);
  const said = refused.stdout + refused.stderr;
  assert.equal(said.match(/ci: 'asert' is not known here/g)?.length, 1, said);
  writeFileSync(file, '{ "ci": { "assert": { "assertions": { "speed-index": "error" } } } }');
  assert.equal((await vigieHere(workspace.folder, ['validate'])).code, 0);
});
