import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { audit, faultOf, startTarget, stopTarget, targetUrl } from './testing/audit.ts';

before(startTarget);
after(stopTarget);

const lcp = (numericValue: number) => ({ report: { audits: { 'largest-contentful-paint': { numericValue } } } });
const SLOW = { '/': [lcp(2_000), lcp(3_000), lcp(9_000)] };
const lcpBelow = (maxNumericValue: number, level = 'error') => ({
  assertions: { 'largest-contentful-paint': [level, { maxNumericValue }] },
});

describe('assertions of lighthouserc.json', () => {
  it('pass when the median keeps them', async () => {
    const { observation, verdict } = await audit({ rc: { assert: lcpBelow(3_000) }, pages: SLOW });
    assert.equal(verdict.status, 'passed');
    const kept = observation.assertions.find(({ expected }) => expected.startsWith('largest'));
    assert.equal(kept?.expected, 'largest-contentful-paint maxNumericValue at most 3000 (median)');
    assert.equal(kept?.actual, '3000 (runs: 2000, 3000, 9000)');
  });

  it('fail the run when it does not, and tell that lhci assert would pass', async () => {
    const { observation, verdict } = await audit({ rc: { assert: lcpBelow(2_500) }, pages: SLOW });
    assert.equal(verdict.status, 'failed');
    assert.match(observation.facts.lhci_assert_differs ?? '', /lhci assert passes it/);
    assert.match(observation.facts.assertions ?? '', /1 without aggregationMethod judged by the median/);
  });

  it('only degrade it at level warn', async () => {
    const { verdict } = await audit({ rc: { assert: lcpBelow(2_500, 'warn') }, pages: SLOW });
    assert.equal(verdict.status, 'degraded');
  });

  it('make it inconclusive when they name what is not measured, unless another one is broken', async () => {
    const mistyped = { 'largest-contentfull-paint': 'error' };
    const alone = await audit({ rc: { assert: { assertions: mistyped } } });
    assert.equal(faultOf(alone.verdict), 'config-invalid');
    const beside = { assertions: { ...mistyped, ...lcpBelow(1).assertions } };
    assert.equal((await audit({ rc: { assert: beside } })).verdict.status, 'failed');
  });

  it('are refused before anything runs when the file is wrong', async () => {
    const { verdict, observation } = await audit({ rc: { assert: { assertions: { 'speed-index': 'fail' } } } });
    assert.equal(faultOf(verdict), 'config-invalid');
    assert.deepEqual(observation.steps, []);
  });

  it('are for the form factor that the file collects, and for all when that one is not audited', async () => {
    const rc = { assert: lcpBelow(1) };
    const count = async (options: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
      const { observation } = await audit({ rc, options: { runs: 1, ...options } });
      return observation.assertions.filter(({ ok }) => !ok).map(({ step }) => step ?? '');
    };
    assert.deepEqual(await count({ formFactors: ['mobile', 'desktop'] }), ['/ mobile']);
    assert.deepEqual(await count({ formFactors: ['desktop'] }), ['/ desktop']);
    const both = { formFactors: ['mobile', 'desktop'], assertOn: ['mobile', 'desktop'] };
    assert.deepEqual(await count(both), ['/ mobile', '/ desktop']);
  });
});

describe('an assertMatrix', () => {
  const matrix = (matchingUrlPattern: string) => ({ assertMatrix: [{ matchingUrlPattern, ...lcpBelow(1) }] });

  it('is for the pages whose final URL matches', async () => {
    const { observation } = await audit({
      rc: { assert: matrix('/parts') },
      options: { pages: ['/', '/parts'], runs: 1 },
    });
    assert.deepEqual(
      observation.assertions.filter(({ ok }) => !ok).map(({ step }) => step),
      ['/parts mobile'],
    );
  });

  it('written for another origin is for the same paths of this target', async () => {
    const collect = { url: ['http://elsewhere:3000/'] };
    const { verdict } = await audit({ rc: { collect, assert: matrix('^http://elsewhere:3000/$') } });
    assert.equal(verdict.status, 'failed');
    assert.ok(!targetUrl().includes('elsewhere'));
  });

  it('that matches no audited page is not silently green', async () => {
    const { verdict } = await audit({ rc: { assert: matrix('/nowhere') } });
    assert.equal(faultOf(verdict), 'config-invalid');
  });
});
