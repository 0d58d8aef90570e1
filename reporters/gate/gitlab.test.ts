import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locatePromtool } from '../../process/locate-tools.ts';
import { lint, series } from '../testing/read-metrics.ts';
import { gateMetrics } from './gitlab.ts';
import { HOSTILE, HOSTILE_GATE } from './testing/hostile-gate.ts';
import { GATES } from './testing/sample-gates.ts';

/**
 * How GitLab reads a line: what follows a `#` is cut off, the rest split as a shell would (`Gitlab::Ci::Parsers::Metrics::Generic` and Ruby's
 * `shellsplit`, which refuses a quote that does not end).
 */
function asGitlabReads(line: string): readonly string[] {
  const WORD = /G?\s*(?:([^\s\\'"]+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|(\\.?)|(\S))(\s)?/gsy;
  const words: string[] = [];
  let field = '';
  for (const [, plain, single, double, escaped, garbage, end] of line.replace(/#.*$/, '').matchAll(WORD)) {
    assert.equal(garbage, undefined, `a quote without an end: ${line}`);
    field += plain ?? single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? escaped?.replace(/\\(.)/, '$1') ?? '';
    if (end === undefined) continue;
    words.push(field);
    field = '';
  }
  return field === '' ? words : [...words, field];
}

describe('the metrics report of a gate for GitLab', () => {
  it('gives medians of both sides in base units, and the outcome', async () => {
    const text = await gateMetrics(GATES.regressed);
    const lcp = series(text, 'vigie_gate_median_seconds').filter((line) => line.includes('lcp'));
    assert.match(
      lcp[0] ?? '',
      /^vigie_gate_median_seconds\{check="checkout",metric="lcp p75 \{page=\/parts\}",side="base"\} 1\.8\d+$/,
    );
    assert.match(lcp[1] ?? '', /side="candidate"\} 2\.0\d+$/);
    assert.deepEqual(series(text, 'vigie_gate_status'), [
      'vigie_gate_status{status="passed"} 0',
      'vigie_gate_status{status="failed"} 1',
      'vigie_gate_status{status="undecided"} 0',
      'vigie_gate_status{status="inconclusive"} 0',
      'vigie_gate_status{status="interrupted"} 0',
    ]);
    assert.deepEqual(series(text, 'vigie_gate_regressed'), ['vigie_gate_regressed 1']);
    assert.deepEqual(series(text, 'vigie_gate_duration_seconds'), ['vigie_gate_duration_seconds 412']);
    assert.match(text, /# EOF\n$/);
  });

  it('is read by GitLab line by line, name and value, whatever targets say', async () => {
    const text = await gateMetrics(HOSTILE_GATE);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) {
      const words = asGitlabReads(line);
      assert.equal(words.length, 2, `${words.join(' ~ ')}: ${line}`);
      assert.match(words[1] ?? '', /^[\d.]+$/);
    }
    assert.equal(lines.filter((line) => line.startsWith('vigie_gate_median_seconds')).length, HOSTILE.length * 2);
  });

  it('is clean for promtool', async (test) => {
    const promtool = await locatePromtool();
    if (!promtool.found) return test.skip(`promtool is missing: ${promtool.mend}`);
    for (const gate of [GATES.regressed, HOSTILE_GATE])
      assert.deepEqual(await lint(promtool.path, await gateMetrics(gate)), { code: 0, output: '' });
  });
});
