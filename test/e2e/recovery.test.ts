// suite: waits

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { openSecrets } from '../../app/adapters/secrets.ts';
import { openDaemon } from '../../app/engine/daemon.ts';
import { loadPlan } from '../../app/load-plan.ts';
import { checkId } from '../../core/identifiers.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { openReader } from '../../results/open-reader.ts';
import { makeWorkspace, until } from './vigie-process.ts';

it('an incident that wants two passes closes soon after the first, by a run between two slots that counts for no uptime', async () => {
  let status = 503;
  const target = createServer((_request, response) => void response.writeHead(status).end('a page'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  using workspace = makeWorkspace();
  const { port } = target.address() as AddressInfo;
  workspace.config(`{
    target: { name: 'shop', url: 'http://127.0.0.1:${port}', environment: 'test' },
    settings: { web: { port: 0 } },
    checks: [v.httpCheck('home', { every: '3s', expect: { status: 200 }, incident: { recoveries: 2 } })],
  }`);
  const plan = await loadPlan({ config: join(workspace.folder, 'vigie.config.ts') }, {});
  const secrets = openSecrets({ environment: {}, folder: plan.folder });
  const daemon = await openDaemon({ plan, log: SILENT_LOG, secrets, reporters: [], confirmAfterMs: 100 });
  const reader = openReader({ folder: plan.settings.dataFolder });
  try {
    await until(
      'the incident',
      () => (reader.incidents({ limit: 1 }).length > 0 ? true : undefined),
      () => '',
    );
    status = 200;
    const { closed } = await until(
      'its end',
      () => reader.incidents({ open: false, limit: 1 })[0],
      () => '',
    );
    assert.equal(closed?.how, 'recovered');
    const run = closed?.by === undefined ? undefined : reader.run(closed.by);
    assert.deepEqual([run?.trigger, run?.slot, run?.verdict.status], ['confirmation', undefined, 'passed']);
    const [before] = reader.runs({ limit: 1, ...(run === undefined ? {} : { before: run.id }) });
    assert.deepEqual([before?.trigger, before?.status], ['slot', 'passed']);
    assert.deepEqual(
      reader.runs({ trigger: 'confirmation', limit: 10 }).map((one) => one.id),
      [run?.id],
    );
    const slots = reader.runs({ trigger: 'slot', limit: 1_000 }).length;
    const { good, bad } = reader.standings(checkId('home'), 0, Date.now() + 60_000);
    assert.equal(good + bad, slots);
  } finally {
    reader.close();
    await daemon.stop();
    target.close();
  }
});
