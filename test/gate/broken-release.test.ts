import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openTwoDeployments } from './two-deployments.ts';

/** What is broken is so on a busy machine, too: unlike what is slower it needs no quiet one. */
it('a gate tells at once what is broken, and writes every report', async () => {
  await using two = await openTwoDeployments();
  const { code, document, stderr } = await two.gate(
    { candidate: { missingButton: true, wrongSearchResults: true } },
    '--only',
    'journey',
    '--out',
    'broken',
    '--even-unfit',
    '--max-duration',
    '70s',
  );
  assert.equal(code, 1, stderr);
  assert.deepEqual(
    document.checks.map(({ check, status }) => [check, status]),
    [
      ['search', 'broken'],
      ['plans', 'broken'],
    ],
  );
  assert.match(document.reason, /broken/);
  for (const file of ['report.html', 'junit.xml', 'gate.json'])
    assert.ok(existsSync(join(two.folder, 'broken', file)), file);
  const evidence = document.checks.flatMap(({ runs }) => runs.flatMap(({ artefacts }) => artefacts));
  assert.ok(evidence.some(({ kind }) => kind === 'screenshot'));
  for (const { file } of evidence) assert.ok(existsSync(join(two.folder, 'broken', file)), file);
});
