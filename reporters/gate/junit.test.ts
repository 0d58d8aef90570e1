import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { validateXML } from 'xmllint-wasm';
import { EXIT } from '../../core/errors.ts';
import { gateJunit } from './junit.ts';
import { HOSTILE, HOSTILE_GATE } from './testing/hostile-gate.ts';
import { GATES, sampleGate } from './testing/sample-gates.ts';
import { element, xmlDocument } from './xml.ts';

const SCHEMA = readFileSync(join(import.meta.dirname, 'testing', 'junit.xsd'), 'utf8');

async function problemsOf(reports: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const xml = Object.entries(reports).map(([name, contents]) => ({ fileName: `${name}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: SCHEMA });
  return errors.map(({ rawMessage }) => rawMessage);
}

/** `[ending, name]` of every case that did not pass. */
function endings(xml: string): readonly string[] {
  const cases = xml.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)" time="[\d.]+">\s*<(failure|error|skipped) /g,
  );
  return [...cases].map(([, name = '', check = '', ending = '']) => `${ending} ${check} ${name}`);
}

describe('the JUnit report of a gate', () => {
  it('is accepted by the schema, whatever came out and whatever targets say', async () => {
    const all = { ...GATES, hostile: HOSTILE_GATE, empty: sampleGate({ checks: [], rows: [] }) };
    const reports = Object.entries(all).map(([name, gate]) => [name, gateJunit(gate, { exitCode: 1 })] as const);
    assert.deepEqual(await problemsOf(Object.fromEntries(reports)), []);
  });

  it('has a suite for the decision and each check, a case for the check and one for each measure, with their values', () => {
    const xml = gateJunit(GATES.regressed, { exitCode: EXIT.failed });
    assert.match(xml, /<testsuites name="vigie gate" tests="12" failures="2" errors="0" time="412\.000">/);
    assert.match(
      xml,
      /<testsuite name="checkout" tests="5" failures="1" errors="0" skipped="1" time="13\.800" timestamp="2026-01-01T09:30:00\.000Z">/,
    );
    assert.match(xml, /<property name="lcp p75 \{page=\/parts\} candidate" value="20\d\d\.\d+"\/>/);
    assert.match(
      xml,
      /<failure type="regressed" message="regressed: 1\.\d+ s → 2\.\d+ s, \+13\.9 % \(\+10\.4 … \+17\.1 %\), limit &lt; \+5 %, 12 samples">/,
    );
    assert.match(xml, /\nhero\.webp weighs 812 kB more/);
  });

  it('says failure of the candidate, error of what could not be measured, and of the undecided by the exit code', () => {
    assert.deepEqual(endings(gateJunit(GATES.broken, { exitCode: EXIT.failed })), [
      'failure vigie gate release decision',
      'failure api-search total p95',
      'failure checkout can be measured',
      'error home-audit can be measured',
      'error load-search can be measured',
    ]);
    const [decision, row] = ['vigie gate release decision', 'checkout inp p75 {page=/cart}'];
    const undecided = (exitCode: number) => endings(gateJunit(GATES.undecided, { exitCode }));
    assert.deepEqual(undecided(EXIT.inconclusive), [`error ${decision}`, `error ${row}`]);
    assert.deepEqual(undecided(EXIT.passed), [`skipped ${decision}`, `skipped ${row}`]);
    assert.deepEqual(endings(gateJunit(GATES.passed, { exitCode: EXIT.passed })), []);
    assert.equal(endings(gateJunit(GATES.interrupted, { exitCode: EXIT.interrupted })).length, 1 + 3);
  });

  it('is not green for a gate that did not pass, nor silent about a row whose check is not listed', () => {
    const unfit = { ...GATES.unfit, checks: [] };
    assert.deepEqual(endings(gateJunit(unfit, { exitCode: EXIT.inconclusive })), ['error vigie gate release decision']);
    const alone = { ...GATES.regressed, checks: [] };
    assert.ok(endings(gateJunit(alone, { exitCode: EXIT.failed })).includes('failure checkout lcp p75 {page=/parts}'));
  });

  it('keeps texts as they are, but for characters that XML cannot hold', async () => {
    const text = `${HOSTILE.join('')}\ttab`;
    const xml = xmlDocument(element('system-out', {}, [element('x', { y: text }), text]));
    assert.deepEqual(
      (await problemsOf({ texts: xml })).filter((problem) => problem.includes('parser error')),
      [],
    );
    assert.match(xml, /\ufffd\ufffd\ufffd\ufffd lone/);
    assert.ok(xml.includes('y="&lt;script&gt;') && xml.includes('&#9;tab"'));
  });
});
