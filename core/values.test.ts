import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from './duration.ts';
import { makeRedactor } from './redact.ts';
import { aggregate, quantile } from './statistics.ts';
import { suggest } from './suggest.ts';
import { taintsOf } from './taints.ts';
import { formatQuantity, parseQuantity, UNITS } from './units.ts';
import { standingOf, uptimeOf } from './uptime.ts';

describe('a duration', () => {
  for (const [text, ms] of [
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5m', 90_000],
    ['7d', 604_800_000],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseDuration(text), ms));
  }
  for (const text of ['', 's', '30', '30 s', '-1s', '1y', '1s ', '١s', 'NaNs'])
    it(`refuses '${text}'`, () => assert.equal(parseDuration(text), undefined));
  it('takes milliseconds as a number and refuses what no duration is', () => {
    assert.equal(parseDuration(1_500), 1_500);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(parseDuration(wrong), undefined);
  });
});

describe('a quantity', () => {
  it('is read in the unit asked for', () => {
    assert.deepEqual(parseQuantity('1.5MB', 'bytes'), { value: 1_500_000, unit: 'bytes' });
    assert.deepEqual(parseQuantity('95%', 'ratio'), { value: 0.95, unit: 'ratio' });
    assert.deepEqual(parseQuantity('0.1', 'score'), { value: 0.1, unit: 'score' });
    assert.deepEqual(parseQuantity('120/min', 'per_second'), { value: 2, unit: 'per_second' });
  });
  it('is refused in another unit, and says which unit it is', () => {
    const parsed = parseQuantity('300ms', 'bytes');
    assert.ok('problem' in parsed && parsed.problem.includes('that is a ms'));
    for (const unit of UNITS) assert.ok('problem' in parseQuantity('abc', unit));
  });
  it('is shown as a person would write it', () => {
    assert.deepEqual(
      [
        formatQuantity(1_234, 'ms'),
        formatQuantity(0.957, 'ratio'),
        formatQuantity(1_536_000, 'bytes'),
        formatQuantity(12, 'count'),
      ],
      ['1.23 s', '95.7 %', '1.54 MB', '12'],
    );
  });
  it('is shown in the larger unit when it rounds to that: an hour is not 60 minutes', () => {
    const shown = [999.9, 59_999, 3_599_000, 172_799_000, -59_999].map((value) => formatQuantity(value, 'ms'));
    assert.deepEqual(shown, ['1 s', '1 min', '1 h', '2 days', '-1 min']);
    assert.equal(formatQuantity(999_999, 'bytes'), '1 MB');
    const below = [999, 59_900, 3_590_000, 170_000_000].map((value) => formatQuantity(value, 'ms'));
    assert.deepEqual(below, ['999 ms', '59.9 s', '59.8 min', '47.2 h']);
  });
});

describe('statistics', () => {
  it('takes quantiles as R type 7 does', () => {
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
    assert.equal(quantile([15, 20, 35, 40, 50], 0.4), 29);
    assert.equal(quantile([], 0.5), undefined);
  });
  it('keeps every aggregate between the extremes', () => {
    const how = fc.constantFrom('median', 'mean', 'p75', 'p90', 'p95', 'p99', 'last', 'min', 'max');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), how, (samples, chosen) => {
        const value = aggregate(samples, chosen) ?? Number.NaN;
        assert.ok(value >= Math.min(...samples) - 1e-6 && value <= Math.max(...samples) + 1e-6);
      }),
      { seed: 7 },
    );
  });
  it('counts none as none and has no other value for no samples', () => {
    assert.equal(aggregate([], 'count'), 0);
    assert.equal(aggregate([], 'mean'), undefined);
  });
});

describe('a redactor', () => {
  const value = 'p@ss "w0rd"/&?=é';
  const { scrub, scrubBytes } = makeRedactor(new Map([['DB', value]]));
  it('removes the value in every usual encoding, wherever it stands in base64', () => {
    const forms = [
      value,
      encodeURIComponent(value),
      JSON.stringify({ a: value }),
      JSON.stringify(JSON.stringify(value)),
      Buffer.from(value).toString('hex'),
      `x &quot;${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}`,
    ];
    for (const form of forms) assert.match(scrub(form), /\[secret DB\]/, form);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (before, after) => {
        assert.match(scrub(Buffer.from(before + value + after).toString('base64')), /\[secret DB\]/);
        assert.match(scrub(Buffer.from(before + value + after).toString('base64url')), /\[secret DB\]/);
      }),
      { seed: 3 },
    );
  });
  it('removes it from bytes and leaves other bytes as they were', () => {
    const clean = Buffer.from([0, 255, 128, 10]);
    assert.equal(scrubBytes(clean), clean);
    const dirty = Buffer.concat([clean, Buffer.from(value), clean]);
    assert.deepEqual(Buffer.from(scrubBytes(dirty)), Buffer.concat([clean, Buffer.from('[secret DB]'), clean]));
  });
  it('changes nothing when it knows nothing', () => assert.equal(makeRedactor(new Map()).scrub(value), value));
});

describe('uptime', () => {
  it('never counts unknown as up: it is an interval', () => {
    const uptime = uptimeOf({ good: 90, bad: 5, unknown: 5, excluded: 100 });
    assert.deepEqual([uptime.low, uptime.high, uptime.expected], [0.9, 0.95, 100]);
    assert.equal(uptime.ratio, 90 / 95);
  });
  it('says nothing when nothing was decided', () =>
    assert.equal(uptimeOf({ good: 0, bad: 0, unknown: 3, excluded: 0 }).ratio, undefined));
  it('excludes what was never expected', () => {
    assert.equal(standingOf({ status: 'skipped', reason: 'maintenance' }), 'excluded');
    assert.equal(standingOf({ status: 'skipped', reason: 'missed' }), 'unknown');
  });
});

describe('a suggestion', () => {
  it('names what was probably meant, and nothing when nothing is near', () => {
    assert.equal(suggest('timout', ['timeout', 'tags']), 'timeout');
    assert.equal(suggest('taget', ['timeout', 'target']), 'target');
    assert.equal(suggest('zzzzzz', ['timeout', 'target']), undefined);
    assert.equal(suggest('t'.repeat(1_000_000), ['timeout']), undefined);
  });
});

it('marks lag only where it could have bent the value', () => {
  assert.deepEqual(taintsOf({ eventLoopLagMs: 30 }, 100), ['event-loop-lag']);
  assert.deepEqual(taintsOf({ eventLoopLagMs: 30 }, 10_000), []);
  assert.deepEqual(taintsOf({ cpuSteal: 0.2, latenessMs: 5_000 }, 100), ['cpu-steal', 'late']);
});
