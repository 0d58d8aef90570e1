import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOSTILE_GATE } from '../testing/hostile-gate.ts';
import { GATES, sampleGate } from '../testing/sample-gates.ts';
import { relativeRow } from '../testing/sample-rows.ts';
import { gateAnnotations } from './annotations.ts';
import { gateOutputs } from './outputs.ts';
import { gateSummary, SUMMARY_LIMIT_BYTES } from './summary.ts';

const summary = (gate: Parameters<typeof gateSummary>[0], limitBytes = SUMMARY_LIMIT_BYTES): string =>
  gateSummary(gate, { limitBytes });

describe('the job summary of a gate', () => {
  it('says verdict, reason, counts and the worst rows, and folds the rest', () => {
    const text = gateSummary(GATES.regressed, { limitBytes: SUMMARY_LIMIT_BYTES, reportUrl: 'https://ci.example/1' });
    assert.match(text, /^## ❌ Release gate failed\n\n&#49; of 7 measures regressed/);
    assert.match(text, /\*\*1\*\* regressed or broken, \*\*1\*\* undecided, \*\*5\*\* no worse/);
    const [open = '', folded = ''] = text.split('<details>');
    assert.match(
      open,
      /\| ✗ regressed \| <code>lcp p75 .* checkout \| 1\.\d+ s \| 2\.\d+ s \| \+13\.9 % \(\+10\.4 … \+17\.1 %\) \| &#60; \+5 % \| 12 \|/,
    );
    assert.match(open, / {2}- hero\.webp weighs 812 kB more/);
    assert.match(folded, /^<summary>5 measures are no worse<\/summary>\n\n\| verdict/);
    assert.match(text, /\[The whole report\]\(<https:\/\/ci\.example\/1>\)\n$/);
    assert.match(summary(GATES.broken), /- ✗ checkout \(journey\) is broken on the candidate\n {2}- expected button/);
  });

  it('fits what GitHub takes, however much there is to say', () => {
    const explanations = Array.from({ length: 5 }, () => 'long '.repeat(400));
    const rows = Array.from({ length: 900 }, (_, index) =>
      relativeRow(`step ${index}`, { verdict: 'undecided', explanations }),
    );
    const gate = sampleGate({ status: 'undecided', rows, notes: explanations });
    for (const limit of [SUMMARY_LIMIT_BYTES, 65_536, 3_000]) {
      const text = summary(gate, limit);
      assert.ok(Buffer.byteLength(text) <= limit, `${Buffer.byteLength(text)} of ${limit}`);
      assert.match(text, /Release gate undecided/);
      assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
    }
    assert.match(summary(gate, 65_536), /and 895 more/);
  });

  it('takes texts of targets for texts', () => {
    const text = summary(HOSTILE_GATE);
    // All tags and links that are left are ours.
    assert.deepEqual([...new Set(text.match(/<[^>]*>?/g))].sort(), [
      '</code>',
      '</details>',
      '</summary>',
      '<code>',
      '<details>',
      '<summary>',
    ]);
    assert.doesNotMatch(text, /\]\(|https?:\/\/|www\.|@|#\d(?!\d)|`/);
    for (const line of text.split('\n').filter((each) => each.startsWith('|')))
      assert.equal(line.split('|').length, 7 + 2, line);
  });
});

/** How the runner reads a line of a log (`ActionCommand.cs` of actions/runner). */
function readCommand(line: string): { readonly level: string; readonly title: string; readonly message: string } {
  const [, level = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? assert.fail(line);
  const unescapeData = (text: string): string =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  assert.match(properties, /^title=[^,:]*$/, 'one property');
  const value = properties.slice('title='.length);
  const title = value.replaceAll('%3A', ':').replaceAll('%2C', ',');
  return { level, title: unescapeData(title), message: unescapeData(data) };
}

describe('the annotations of a gate', () => {
  it('are errors for what failed, warnings for what could not be told, the verdict first', () => {
    assert.deepEqual(gateAnnotations(GATES.passed), []);
    const [verdict, lcp, inp, ...more] = gateAnnotations(GATES.regressed).map(readCommand);
    assert.deepEqual(verdict, { level: 'error', title: 'Release gate: failed', message: GATES.regressed.reason });
    assert.equal(lcp?.title, 'checkout: lcp p75 {page=/parts} regressed');
    assert.match(lcp?.message ?? '', /^\+13\.9 % \(.*\), limit < \+5 %\nhero\.webp weighs 812 kB/);
    assert.deepEqual([inp?.level, more], ['warning', []]);
    const broken = gateAnnotations(GATES.broken).map(readCommand);
    assert.deepEqual(
      broken.map(({ level, title }) => `${level} ${title}`),
      [
        'error Release gate: failed',
        'error checkout: broken',
        'error api-search: total p95 broken',
        'warning home-audit: base-broken',
        'warning load-search: not-measured',
        'warning api-search: size warned',
      ],
    );
  });

  it('are one line each, at most ten of a level, with texts of targets inside', () => {
    const rows = HOSTILE_GATE.rows.flatMap((row) => [row, row, row]);
    const lines = gateAnnotations({ ...HOSTILE_GATE, rows });
    assert.equal(lines.length, 10 + 10);
    for (const line of lines) {
      assert.doesNotMatch(line, /[\r\n]/);
      assert.match(readCommand(line).title, /^(Release gate|checkout|home): /);
    }
    const first = lines.map(readCommand).find(({ title }) => title.includes('%0A'));
    assert.match(first?.title ?? '', /&lt;b&gt; &amp; %0A::error::pwned/, 'what looks escaped is kept');
  });
});

describe('the outputs of a gate', () => {
  it('are written between delimiters that no value can hold', () => {
    const report = 'out/report.html\nstatus<<x\npassed\nx';
    assert.deepEqual(gateOutputs(GATES.broken, report, 'd00f').split('\n'), [
      ...['status<<vigie_d00f', 'failed', 'vigie_d00f'],
      ...['regressed<<vigie_d00f', '2', 'vigie_d00f'],
      ...['undecided<<vigie_d00f', '0', 'vigie_d00f'],
      ...['report<<vigie_d00f', ...report.split('\n'), 'vigie_d00f', ''],
    ]);
    assert.throws(() => gateOutputs(GATES.broken, 'vigie_d00f', 'd00f'), /its own delimiter/);
  });
});
