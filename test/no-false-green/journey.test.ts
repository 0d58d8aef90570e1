import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { journeyCheck } from '../../app/index.ts';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import type * as vacuous from './fixtures/journeys/vacuous.ts';
import { openTrials, passesByItsEvidence, type Row, type Trials } from './trials.ts';

const answer: RequestListener = ({ url }, response) => {
  const body = url === '/broken' ? '<h1>Sorry</h1>' : url === '/blank' ? '' : '<h1>Welcome</h1>';
  response.writeHead(url === '/broken' ? 500 : 200, { 'content-type': 'text/html' });
  response.end(`<!doctype html><title>Shop</title>${body}`);
};

type Name = Exclude<keyof typeof vacuous, 'good'>;
/** The journey, how it must end, and what the message must name. */
type Ending = readonly [ends: Row['ends'], says: RegExp];

const ROWS: Readonly<Record<Name, Ending>> = {
  noAssertion: ['no-assertion', /No assertion passed/],
  foreignExpect: ['no-assertion', /take it from the argument, journey\('…', async \(\{ page, expect \}\) => …\)/],
  emptied: ['evidence-missing', /loaded no page of the target.*begin with page\.goto/],
  noPage: ['evidence-missing', /loaded no page of the target/],
  ownPage: ['evidence-missing', /loaded no page of the target/],
  pageNeverCame: ['evidence-missing', /loaded no page of the target/],
  pageOfOthers: ['evidence-missing', /loaded no page of the target.*other pages: 200 http:\/\/localhost:\d+\//],
  errorPage: ['evidence-missing', /error pages aside.*other pages: 500 http:\/\/127\.0\.0\.1:\d+\/broken/],
  endsElsewhere: ['wrong-page', /ended outside the target.*staysOn.*it ended on http:\/\/localhost/],
  noMatcher: ['no-assertion', /expect was called without a matcher.*for: false/],
  notCalled: ['no-assertion', /expect was called without a matcher.*for: getByRole\('heading'\)/],
  notAwaited: ['script-exception', /write `await` before: getByRole\('heading'\) toHaveText "Goodbye"/],
  stepNotAwaited: ['script-exception', /write `await` before: step\('buy'\)/],
  workNotAwaited: ['script-exception', /write `await` before: locator\.click/],
  // Which of the two is under way when it ends depends on how fast the browser is.
  forEach: ['script-exception', /write `await` before: (?:getByRole\('heading'\)|locator\.textContent)/],
  emptyLoop: ['no-assertion', /saw 0 assertions/],
  returnsEarly: ['no-assertion', /saw 0 assertions/],
  caught: ['no-assertion', /saw 0 assertions/],
  onlyAbsence: ['no-assertion', /saw 0 assertions.*5 more say only what is not there, which holds on a blank page/],
  soft: ['script-runner-only', /expect\.soft works only under the Playwright test runner/],
  softConfigured: ['script-runner-only', /expect\.soft/],
  snapshot: ['script-runner-only', /toHaveScreenshot/],
  noNumber: ['script-exception', /measure\('parts'\): the value must be a finite number, got NaN/],
};

describe('a journey does not pass without having asserted something of a page of the target', () => {
  let site: TestServer;
  let trials: Trials;
  before(async () => {
    site = await serveHttp(answer);
    trials = await openTrials({ url: `http://127.0.0.1:${site.port}` });
  });
  after(async () => {
    await trials[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  const check = (name: string, more: object = {}): Row['check'] =>
    journeyCheck('journey', {
      file: 'journeys/vacuous.ts',
      export: name,
      params: { other: `http://localhost:${site.port}/` },
      ...more,
    });

  for (const [name, [ends, says]] of Object.entries(ROWS))
    it(`is ${ends}: ${name}`, async () => {
      const ended = await trials.end(check(name));
      assert.deepEqual([ended.how, ended.exit, ended.blame], [ends, 2, 'script'], ended.says);
      assert.match(ended.says, says);
    });
  it('is no-samples: a budget on a measure that the journey does not record, or on a vital that the page has not', async () => {
    for (const budgets of [
      { 'custom.parts': { fail: '>= 1' } },
      { 'step.buy': { fail: '<= 1s' } },
      { inp: { fail: '<= 1s' } },
    ]) {
      const { how, says } = await trials.end(check('good', { budgets }));
      assert.equal(how, 'no-samples', says);
      assert.match(says, new RegExp(`0 of 1 samples of '${Object.keys(budgets)[0]}'`));
    }
  });
  it('is refused before it runs when its file is not there', async () => {
    const { exit, says } = await trials.end(check('good', { file: 'journeys/nowhere.ts' }));
    assert.equal(exit, 3);
    assert.match(says, /journeys\/nowhere\.ts/);
  });
  it('passes when it has, by each item of its evidence', () => passesByItsEvidence(check('good'), trials));
  // Last, because it ends the browser that the others share.
  it('is script-invalid when its export is not there', async () => {
    const { how, says } = await trials.end(check('nowhere'));
    assert.equal(how, 'script-invalid');
    assert.match(says, /no export 'nowhere'; it has: .*good/);
  });
});
