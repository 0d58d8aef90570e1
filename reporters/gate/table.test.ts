import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Paint } from '../describe-run.ts';
import { gateTable } from './table.ts';
import { HOSTILE_GATE } from './testing/hostile-gate.ts';
import { GATES, sampleGate } from './testing/sample-gates.ts';
import { relativeRow } from './testing/sample-rows.ts';
import { widthOf } from './text-table.ts';

const plain = (text: string): string => text;
const PLAIN: Paint = { good: plain, bad: plain, warn: plain, dim: plain, bold: plain };
const show = (result: Parameters<typeof gateTable>[0], verbose = false) => gateTable(result, { paint: PLAIN, verbose });

describe('the table of a gate', () => {
  it('shows each measure with both sides, change, limit, verdict and samples, the worst first', () => {
    const lines = show(GATES.regressed);
    assert.match(lines[0] ?? '', /^metric +base +candidate +change \(interval\) +limit +verdict +n$/);
    assert.match(
      lines[1] ?? '',
      /^checkout lcp p75 +1\.\d+ s +2\.\d+ s +\+13\.9 % \(\+10\.4 … \+17\.1 %\) +< \+5 % +✗ regressed +12$/,
    );
    assert.equal(lines[2], '    {page=/parts}');
    const verdicts = lines.flatMap((line) => /[✗?!✓] (?:regressed|undecided|no worse|kept|improved)/.exec(line) ?? []);
    assert.deepEqual(
      verdicts.map((verdict) => verdict.slice(2)),
      ['regressed', 'undecided', 'kept', 'no worse', 'no worse', 'no worse', 'improved'],
    );
  });

  it('says why, how sure, how long, where, and the verdict last', () => {
    const text = show(GATES.regressed).join('\n');
    assert.match(text, /✗ checkout lcp p75 .*\n {2}- hero\.webp weighs 812 kB more/);
    assert.match(text, /evidence: evidence\/checkout\/3\/trace\.zip, evidence\/checkout\/5\/trace\.zip/);
    assert.match(text, /note: cls .* is not compared/);
    assert.match(text, /fails in at most 1 % of gates.*\n {4}passes in at most 5 %/);
    assert.match(text, /took 6\.87 min of at most 20 min on linux x64, 2 × EPYC/);
    assert.match(text, /\nFAILED: 1 of 7 measures regressed: lcp p75 \{page=\/parts\} of checkout by 13\.9 %\.$/);
    const passed = show(GATES.passed).join(' ');
    assert.match(passed, /1 false alarm in 300 gates .* so at most 1\.57 %/);
    assert.match(passed, /PASSED: All 5/);
  });

  it('says what could not be measured, why, and that the candidate is not to blame', () => {
    const broken = show(GATES.broken).join('\n');
    assert.match(broken, /✗ checkout \(journey\) is broken on the candidate\n {2}- expected button 'Pay'/);
    assert.match(
      broken,
      /\? load-search \(load\) could not be measured \(blame: tool, not the candidate\)\n {2}- k6 is/,
    );
    assert.match(broken, /api-search size .*< 120 kB +! warned/);
    const unfit = show(GATES.unfit).join('\n');
    assert.match(unfit, /No verdict of values: the CPU score fell/);
    assert.doesNotMatch(unfit, /metric +base/);
    assert.match(unfit, /INCONCLUSIVE: This machine/);
    assert.match(show(GATES.interrupted).join('\n'), /- checkout \(journey\) was not run\n {2}- Its turn/);
  });

  it('folds good news beyond fifteen rows, unless all is asked for', () => {
    const many = sampleGate({ rows: Array.from({ length: 29 }, (_, index) => relativeRow(`step.${index}`)) });
    const count = (lines: readonly string[]): number => lines.filter((line) => line.includes('no worse')).length;
    assert.equal(count(show(many)), 15 + 1);
    assert.ok(show(many).includes('and 14 more without change'));
    assert.equal(count(show(many, true)), 29 + 1);
  });

  it('keeps to 100 columns and paints nothing but words', () => {
    const painted: string[] = [];
    const note = (text: string): string => {
      painted.push(text);
      return `<${text}>`;
    };
    gateTable(GATES.broken, { paint: { ...PLAIN, bad: note, warn: note }, verbose: false });
    assert.ok(painted.includes('✗ broken') && painted.includes('! warned'), painted.join('; '));
    const long = relativeRow(`${'a'.repeat(300)} 漢字漢字`.repeat(2));
    for (const gate of [...Object.values(GATES), sampleGate({ rows: [long] })])
      for (const line of show(gate)) assert.ok(widthOf(line) <= 100, `${widthOf(line)} columns: ${line}`);
  });

  it('lets no text of a target move the cursor, begin a line or give a command to a CI runner', () => {
    const wrapped = Array.from({ length: 60 }, (_, index) =>
      relativeRow(`${'a'.repeat(index)} ::error::pwned`, {
        verdict: 'regressed',
        explanations: [`${'a '.repeat(index)}::error::pwned`],
      }),
    );
    const lines = [HOSTILE_GATE, sampleGate({ rows: wrapped })].flatMap((gate) => show(gate, true));
    for (const line of lines) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      assert.doesNotMatch(line, /^\s*::|##\[/);
      assert.ok(line.isWellFormed());
    }
  });
});
