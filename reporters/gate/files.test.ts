import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GateResult } from '../../core/gate/result.ts';
import { gateFiles } from './files.ts';
import { gateSummary } from './github/summary.ts';
import { gateTable } from './table.ts';
import { GATES, sampleGate } from './testing/sample-gates.ts';
import { REGRESSED_ROW, UNDECIDED_ROW } from './testing/sample-rows.ts';

const same = (text: string): string => text;
const PAINT = { good: same, bad: same, warn: same, dim: same, bold: same };

/** Every text that a gate becomes, by its name. */
async function textsOf(gate: GateResult): Promise<readonly (readonly [string, string])[]> {
  const files = await gateFiles(gate, { vigie: '0.1.0', exitCode: 1 });
  return [
    ...files.map(({ file, text }) => [file, text] as const),
    ['terminal', gateTable(gate, { paint: PAINT, verbose: true }).join('\n')],
    ['summary', gateSummary(gate, { limitBytes: 65_536 })],
  ];
}

const change = (estimate: number, low: number, high: number) => ({ change: { estimate, low, high } });
const { NaN: none, NEGATIVE_INFINITY: least, POSITIVE_INFINITY: most } = Number;
const broken = GATES.broken.rows[0] ?? assert.fail();
const ODD: Readonly<Record<string, GateResult>> = {
  nothing: sampleGate({ rows: [], checks: [] }),
  'a baseline of zero': sampleGate({
    rows: [
      { ...REGRESSED_ROW, ...change(none, none, none), base: { median: 0, values: [0, 0] } },
      { ...UNDECIDED_ROW, ...change(most, least, most) },
    ],
  }),
  'no baseline': sampleGate({
    baseline: 'none',
    urls: { candidate: 'https://next.example' },
    rows: [broken].flatMap(({ base: _, ...row }) => (row.type === 'absolute' ? [row] : [])),
  }),
  'not one pair': sampleGate({
    rows: [{ ...UNDECIDED_ROW, base: { median: 0, values: [] }, candidate: { median: 0, values: [] } }],
  }),
  'one pair without spread': sampleGate({
    rows: [
      { ...UNDECIDED_ROW, ...change(0, 0, 0), base: { median: 0, values: [0] }, candidate: { median: 0, values: [0] } },
    ],
  }),
};

describe('every report of a gate', () => {
  for (const [name, gate] of Object.entries({ ...GATES, ...ODD }))
    it(`can be made of any: ${name}`, async () => {
      for (const [file, text] of await textsOf(gate)) {
        assert.ok(text.length > 100, file);
        assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object/, file);
      }
    });

  it('has the names that CI templates know', async () => {
    const files = await gateFiles(GATES.passed, { vigie: '0.1.0', exitCode: 0 });
    assert.deepEqual(
      files.map(({ file }) => file),
      ['gate.json', 'junit.xml', 'report.html', 'metrics.txt'],
    );
  });
});
