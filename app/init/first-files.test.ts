import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import type { Plan } from '../../core/plan.ts';
import { KINDS } from '../kinds.ts';
import { firstFiles } from './first-files.ts';
import { readFirstTarget } from './first-target.ts';
import { writeFiles } from './write-files.ts';

const root = mkdtempSync(join(tmpdir(), 'vigie-first-files-'));
after(() => rmSync(root, { recursive: true, force: true }));

async function planFor(address: string, name: string): Promise<Plan> {
  const folder = join(root, name);
  writeFiles(folder, firstFiles(readFirstTarget(address)));
  const dependencies = {
    kinds: KINDS,
    fileExists: () => true,
    isAddressRule: () => true,
    cronProblem: () => undefined,
    spreadOffset: () => 0,
  };
  return loadConfig({ folder, overrides: { targets: [] }, dependencies });
}

describe('the first files', () => {
  it('load a target on this machine by schedule', async () => {
    const plan = await planFor('http://127.0.0.1:3000', 'local');
    assert.deepEqual(
      plan.checks.map(({ kind, schedule }) => [kind, schedule.type]),
      [
        ['http', 'interval'],
        ['journey', 'interval'],
        ['audit', 'interval'],
        ['load', 'interval'],
      ],
    );
    assert.deepEqual(plan.settings.loadAllow, ['127.0.0.1']);
  });

  it('never send load to another machine by themselves', async () => {
    const plan = await planFor('https://shop.example/fr/', 'remote');
    const load = plan.checks.find(({ kind }) => kind === 'load');
    assert.equal(load?.schedule.type, 'manual');
    assert.equal(load?.target.production, true);
    assert.deepEqual(plan.settings.loadAllow, []);
  });

  it('are right for an address full of marks', async () => {
    const address = `https://shop.example/it's/\`{x}\\?q='$\{1}'`;
    const plan = await planFor(address, 'marks');
    const { pathname, search } = new URL(address);
    const [http] = plan.checks;
    assert.equal(Reflect.get(Object(http?.options), 'url'), pathname + search);
  });
});
