import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { sampleBudget, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { runPage } from '../../web/pages/run.ts';
import { makePlan } from '../engine/testing/runs.ts';

it('the page of a run says what makes its failure doubtful, what its host went through and who was asked', async () => {
  const check = sampleCheck('home', 'http', { budgets: [sampleBudget('total', 200)] });
  const failed = sampleRun(check, { measures: [{ name: 'total', value: 250, unit: 'ms' }] });
  assert.ok(failed.verdict.status === 'failed');
  const run = {
    ...failed,
    verdict: { ...failed.verdict, doubt: { code: 'host-overloaded', blame: 'host', message: 'the CPU was <taken>' } },
    taints: ['host-overloaded', 'doubtful'],
    producedBy: {
      ...failed.producedBy,
      strain: { cpuWaiting: 0.75, oomKills: 2 },
      witnesses: {
        hasNetwork: true,
        controls: [
          { endpoint: 'a.example:443', reached: true },
          { endpoint: 'b.example:443', reached: false, name: 'unresolved' },
        ],
        others: [],
        answeredMeanwhile: true,
        ownResolver: false,
      },
    },
  } as const;
  const parts = { plan: () => makePlan([check]), clock: new FakeClock(), version: '0' };
  const text = String(await runPage(run, parts));
  for (const said of [
    'Doubtful.</strong> the CPU was &lt;taken&gt;',
    '<dt>Circumstances</dt><dd>host-overloaded, doubtful</dd>',
    '<dt>Waited for a CPU</dt><dd>75 %</dd>',
    '<dt>Processes killed for memory</dt><dd>2</dd>',
    'a.example:443 reached, b.example:443 not resolved, another target answered meanwhile',
  ])
    assert.ok(text.includes(said), `${said} is not in the page`);
  const plain = String(await runPage(failed, parts));
  for (const absent of ['Doubtful', 'Witnesses', 'Waited for']) assert.ok(!plain.includes(absent), absent);
});
