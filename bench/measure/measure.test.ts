import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printTable } from '../print.ts';
import { isMet } from '../result.ts';
import { sampleDocument } from '../testing/sample-document.ts';
import { interleave, ratiosOf } from './interleave.ts';
import { slopeOf, spreadOf } from './spread.ts';

describe('interleaving', () => {
  it('lets neither go second more often: bare, ours, ours, bare', async () => {
    const order: string[] = [];
    const note = (which: string, value: number) => async () => {
      order.push(which);
      return value;
    };
    const { signal } = new AbortController();
    const pairs = await interleave({ rounds: 4, bare: note('bare', 2), ours: note('ours', 3), signal });
    assert.deepEqual(order.join(' '), 'bare ours ours bare bare ours ours bare');
    assert.deepEqual(ratiosOf(pairs), [1.5, 1.5, 1.5, 1.5]);
  });

  it('ends between two rounds when it is given up', async () => {
    const stop = new AbortController();
    const bare = async (): Promise<number> => {
      stop.abort(new Error('given up'));
      return 1;
    };
    await assert.rejects(interleave({ rounds: 9, bare, ours: async () => 1, signal: stop.signal }), /given up/);
  });
});

describe('a figure', () => {
  it('is told by its median and how its samples lie', () => {
    assert.deepEqual(spreadOf([9, 1, 2, 3, 100]), { median: 3, min: 1, max: 100, mad: 2, samples: 5 });
  });

  it('has a slope', () => {
    const points = [0, 1, 2, 3].map((at) => ({ at, value: 10 + at * 4 }));
    assert.equal(slopeOf(points), 4);
    assert.equal(slopeOf([{ at: 1, value: 5 }]), 0);
  });

  it('meets its ceiling from the right side', () => {
    const figure = (comparison: '<=' | '>=', value: number) => ({
      name: 'x',
      unit: 'ratio' as const,
      spread: spreadOf([10]),
      ceiling: { comparison, value },
    });
    assert.deepEqual([figure('<=', 10), figure('<=', 9), figure('>=', 10), figure('>=', 11)].map(isMet), [
      true,
      false,
      true,
      false,
    ]);
  });

  it('stands in the table beside its ceiling', () => {
    const [row] = sampleDocument(300).rows;
    assert.ok(row);
    const figures = row.figures.map((figure) => ({ ...figure, ceiling: { comparison: '<=', value: 220 } as const }));
    const table = printTable(
      sampleDocument(1, {
        rows: [
          { ...row, figures },
          { ...row, figures: [], problem: 'no k6' },
        ],
      }),
    );
    assert.match(table, /rss +300 B {2}ceiling <= 220 B: MISSED/);
    assert.match(table, /not measured: no k6/);
  });
});
