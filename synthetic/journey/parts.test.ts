import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expect } from '@playwright/test';
import { recordOwnMeasures } from './host/own-measures.ts';
import { pageLabels } from './host/page-label.ts';
import { recordSteps } from './host/steps.ts';
import { watchExpect } from './host/watched-expect.ts';
import { journey } from './journey.ts';
import { journeyOptions } from './options.ts';
import { fromHost } from './protocol.ts';

const NOBODY = { step: () => undefined, isJourney: () => true };

describe('page labels', () => {
  it('leave out what is one of many', () => {
    const label = pageLabels('http://shop.example/base');
    const cases: readonly (readonly [string, string])[] = [
      ['http://shop.example/', '/'],
      ['http://shop.example/parts?q=brake#top', '/parts'],
      ['http://shop.example/part/aa-0117/offers', '/part/:id/offers'],
      ['http://shop.example/v2/users/7', '/v2/users/:id'],
      ['http://shop.example/o/3f2b8c1e-9a4d-4c1b-8e2f-aa11bb22cc33', '/o/:id'],
      ['https://pay.example/card', 'pay.example/card'],
      ['nonsense', 'other'],
    ];
    for (const [url, expected] of cases) assert.equal(label(url), expected, url);
  });

  it('are at most two hundred, then other', () => {
    const label = pageLabels('http://shop.example');
    const name = (index: number): string => 'abcdefghij'.charAt(index % 10).repeat(1 + Math.floor(index / 10));
    const labels = Array.from({ length: 220 }, (_, index) => label(`http://shop.example/${name(index)}`));
    assert.equal(new Set(labels).size, 201);
    assert.equal(labels.at(-1), 'other');
    assert.equal(label('http://shop.example/a'), '/a');
  });
});

describe('steps', () => {
  it('are all recorded, and beyond what memory allows counted as unrecorded', async () => {
    const steps = recordSteps(
      () => 0,
      () => undefined,
    );
    for (let index = 0; index < 20_003; index += 1) await steps.run('s', () => undefined);
    const { steps: records, measures, unrecorded } = steps.finish();
    assert.deepEqual([records.length, measures.length, unrecorded], [20_000, 20_000, 3]);
  });

  it('follow the calls when several run side by side, and blame the innermost that failed', async () => {
    const steps = recordSteps(
      () => 0,
      () => undefined,
    );
    const error = new Error('no');
    const places: (string | undefined)[] = [];
    const outer = (name: string, fails: boolean): Promise<void> =>
      steps.run(name, () =>
        steps.run('inner', async () => {
          await Promise.resolve();
          places.push(steps.current());
          if (fails) throw error;
        }),
      );
    await Promise.allSettled([outer('one', false), outer('two', true)]);
    assert.deepEqual(places.sort(), ['one > inner', 'two > inner']);
    assert.equal(steps.failedBy(error), 'two > inner');
    const { steps: records, measures } = steps.finish();
    assert.deepEqual(
      records
        .filter(({ status }) => status === 'failed')
        .map(({ name }) => name)
        .sort(),
      ['two', 'two > inner'],
    );
    assert.deepEqual(measures.map(({ name, labels }) => [name, labels?.in]).sort(), [
      ['step.inner', 'one'],
      ['step.one', undefined],
    ]);
  });

  it('that are open at the end are failed', () => {
    const steps = recordSteps(
      () => 0,
      () => undefined,
    );
    void steps.run('endless', () => new Promise<void>(() => undefined));
    assert.equal(steps.open(), 'endless');
    assert.deepEqual(
      steps.finish().steps.map(({ status }) => status),
      ['failed'],
    );
  });
});

describe('the watched expect', () => {
  it('counts values, negations, promises, polls, own matchers and configured ones', async () => {
    const watched = watchExpect(expect, NOBODY);
    watched.expect(1).toBe(1);
    watched.expect('a').not.toBe('b');
    await watched.expect(Promise.resolve(2)).resolves.toBe(2);
    await watched.expect(Promise.reject(new Error('x'))).rejects.toThrow('x');
    await watched.expect.poll(() => 3).toBe(3);
    watched.expect
      .configure({ timeout: 10 })([1, 2])
      .toEqual(watched.expect.arrayContaining([2]));
    const extended = watched.expect.extend({
      toBeEven: (value: number) => ({ pass: value % 2 === 0, message: () => 'odd' }),
    });
    extended(4).toBeEven();
    assert.equal(watched.passed(), 7);
    assert.deepEqual(watched.pending(), []);
    assert.equal(watched.shown()[1]?.expected, '"a" not toBe "b"');
  });

  it('knows the assertion that an error came from, by its message when it has one', async () => {
    const watched = watchExpect(expect, NOBODY);
    const errorOf = async (work: () => unknown): Promise<unknown> => {
      try {
        await work();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const sync = await errorOf(() => watched.expect(1, 'the sum').toBe(2));
    assert.deepEqual(watched.failureOf(sync), { expected: 'the sum toBe 2', actual: '1' });
    const late = await errorOf(() => watched.expect(Promise.resolve('a')).resolves.toBe('b'));
    assert.match(watched.failureOf(late)?.actual ?? '', /a/);
    assert.equal(watched.failureOf(new Error('another')), undefined);
    assert.equal(watched.passed(), 0);
  });

  it('names what works only under the runner', () => {
    for (const [use, name] of [
      [(e: typeof expect) => e.soft(1), 'expect.soft'],
      [(e: typeof expect) => e.configure({ soft: true }), 'expect.soft'],
      [(e: typeof expect) => e('a').toMatchSnapshot('b'), 'toMatchSnapshot'],
    ] as const) {
      const watched = watchExpect(expect, NOBODY);
      assert.throws(() => use(watched.expect), /only under the Playwright test runner/);
      assert.equal(watched.runnerOnly(), name);
    }
  });
});

describe('bad input', () => {
  it('to journey() and measure() is refused where it is written, with what to write', () => {
    assert.throws(() => Reflect.apply(journey, undefined, ['']), /takes a name first/);
    assert.throws(
      () => Reflect.apply(journey, undefined, ['x', {}]),
      /takes a function, or \{ params \} and a function/,
    );
    const { measure } = recordOwnMeasures();
    assert.throws(() => measure('Recall', 1, 'ratio'), /small letter/);
    assert.throws(() => measure('recall', Number.NaN, 'ratio'), /finite number, got NaN/);
    const labelled = (labels: unknown) => () => Reflect.apply(measure, undefined, ['recall', 1, 'ratio', labels]);
    assert.throws(labelled({ top: 10 }), /label 'top' must be a text, got 10; write '10'/);
    assert.throws(labelled({ ['x'.repeat(61)]: 'a' }), /name of a label has 60 characters at most, got 'x{61}'/);
    assert.throws(labelled({ query: undefined }), /label 'query' must be a text, got undefined/);
    assert.throws(() => Reflect.apply(measure, undefined, ['recall', 1, 'furlong']), /'furlong' is no unit/);
  });

  it('in the options is refused, unknown keys included', () => {
    const bad: readonly object[] = [
      {},
      { file: '' },
      { file: 'a.ts', fiel: 'b.ts' },
      { file: 'a.ts', params: { 'no good': 1 } },
      { file: 'a.ts', secrets: { password: 'in clear' } },
      { file: 'a.ts', actionTimeout: '1ms' },
      { file: 'a.ts', login: { file: 'b.ts', maxAge: '1s' } },
      { file: 'a.ts', staysOn: ['not a url'] },
      { file: 'a.ts', recording: 'sometimes' },
    ];
    for (const input of bad) assert.equal(journeyOptions.safeParse(input).success, false, JSON.stringify(input));
    assert.equal(journeyOptions.safeParse({ file: 'a.ts' }).success, true);
  });

  it('from a host is refused or cut', () => {
    for (const message of [
      undefined,
      null,
      'done',
      { type: 'done' },
      { type: 'launched', chromium: 1 },
      { type: 'step', id: 1, name: 'x', more: 1 },
    ]) {
      assert.equal(fromHost.safeParse(message).success, false, JSON.stringify(message));
    }
    const step = fromHost.parse({ type: 'step', id: 1, name: 'x'.repeat(10_000) });
    assert.ok(step.type === 'step' && step.name.length === 200);
  });
});
