import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { GATE_DOCUMENT, type GateDocument, gateDocument } from './document.ts';
import { HOSTILE_GATE } from './testing/hostile-gate.ts';
import { GATES, sampleGate } from './testing/sample-gates.ts';
import { REGRESSED_ROW } from './testing/sample-rows.ts';

const ABOUT = { vigie: '0.1.0', exitCode: 1 };
const PUBLISHED: object = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'schemas', 'gate.v1.json'), 'utf8'),
);
const asJson = (document: GateDocument): unknown => JSON.parse(JSON.stringify(document));

type Loose<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Loose<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Loose<T[K]> }
      : T;
/** Does not compile when the document has what the schema refuses. */
const fits = (document: Loose<GateDocument>): Loose<z.input<typeof GATE_DOCUMENT>> => document;

describe('the document of a gate', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(PUBLISHED);

  for (const [name, gate] of Object.entries({ ...GATES, hostile: HOSTILE_GATE }))
    it(`is accepted by the published schema: ${name}`, () => {
      assert.ok(validate(asJson(gateDocument(gate, ABOUT))), JSON.stringify(validate.errors));
    });

  it('holds everything of the result, and every field of it is in the schema', () => {
    for (const gate of Object.values(GATES)) {
      const document = gateDocument(gate, ABOUT);
      fits(document);
      assert.deepEqual(z.parse(GATE_DOCUMENT, asJson(document)), asJson(document));
    }
    assert.deepEqual(Object.keys(gateDocument(GATES.passed, ABOUT)).slice(0, 5), [
      'schemaVersion',
      'command',
      'vigie',
      'exitCode',
      'status',
    ]);
  });

  it('says null where a change has no number', () => {
    const change = { estimate: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const gate = sampleGate({ rows: [{ ...REGRESSED_ROW, change }] });
    const document = asJson(gateDocument(gate, ABOUT));
    assert.ok(validate(document), JSON.stringify(validate.errors));
    assert.match(JSON.stringify(document), /"change":\{"estimate":null,"low":null,"high":null\}/);
  });

  it('is refused with a field missing, of another type or of a word that is not known', () => {
    const good = gateDocument(GATES.regressed, ABOUT);
    const { reason: _, ...without } = good;
    for (const bad of [without, { ...good, exitCode: '1' }, { ...good, status: 'green' }, { ...good, rows: [{}] }])
      assert.ok(!validate(JSON.parse(JSON.stringify(bad))));
  });
});
