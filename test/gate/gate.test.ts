// suite: quiet

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTwoDeployments, type TwoDeployments } from './two-deployments.ts';

/** These ask what a gate tells, and not whether this machine is a quiet one. */
const ANYWHERE = '--even-unfit';

/** Two copies of the demo, gated against each other with the real browser by the command that users type. */
describe('a gate over two deployments', () => {
  let two: TwoDeployments;
  before(async () => {
    two = await openTwoDeployments();
  });
  after(() => two[Symbol.asyncDispose]());

  it('tells what is slower, by how much, and by which of the two', async () => {
    const { code, document, stderr } = await two.gate(
      {
        both: { baseLatency: 80 },
        candidate: { latencyFactor: '+15%', slowLcpImage: 400, longTaskOnClick: 250 },
      },
      '--only',
      'api',
      'search',
      ANYWHERE,
      '--max-duration',
      '70s',
    );
    const worse = document.rows
      .filter(({ verdict }) => verdict === 'regressed')
      .map(({ check, name }) => `${check} ${name}`);
    assert.equal(code, 1, stderr);
    assert.equal(document.status, 'failed');
    for (const name of ['api total', 'search lcp {page=/}', 'search inp {page=/recherche}', 'search step.open'])
      assert.ok(worse.includes(name), `${name} is not among: ${worse.join(', ')}\n${stderr}`);
    const api = document.rows.find(({ check, type }) => check === 'api' && type === 'relative');
    assert.ok(api?.type === 'relative' && api.change.low > 0.03 && api.change.high < 0.4, JSON.stringify(api?.type));
    assert.ok(document.rows.some((row) => row.type === 'absolute' && row.verdict === 'kept'));
  });

  it('does not call a release worse that changes nothing', async () => {
    const { code, document, stderr } = await two.gate(
      { both: { baseLatency: 20 } },
      '--only',
      'api',
      'search',
      ANYWHERE,
      '--max-duration',
      '25s',
    );
    assert.deepEqual(
      document.rows.filter(({ verdict }) => verdict === 'regressed' || verdict === 'broken'),
      [],
      stderr,
    );
    assert.ok(code === 0 || code === 2, stderr);
    assert.ok(
      document.rows.some(({ verdict }) => verdict === 'not-regressed'),
      stderr,
    );
  });
});
