import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinDocument, Splitter, type Splitting } from './document.ts';

const BASE = Date.UTC(2026, 10, 22);

function throughStore(document: unknown, how: Splitting): unknown {
  const { skeleton, values } = new Splitter().split(document, how, BASE);
  return joinDocument(skeleton, Buffer.from(values, 'latin1'), BASE);
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: BASE - 1e9, max: BASE + 1e9 }),
  fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1_000),
);
const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const anyDocument = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    anyNumber,
    anyText,
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('record'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  record: fc.dictionary(fc.oneof(anyText, fc.constantFrom('facts', 'actual', '__proto__')), tie('value'), {
    maxKeys: 5,
  }),
})).value;

for (const how of ['tight', 'loose'] as const) {
  test(`a document split ${how}ly comes back exactly`, () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        assert.deepEqual(throughStore(document, how), normal(document));
      }),
      { numRuns: 2_000 },
    );
  });
}

test('numbers that JSON cannot carry come back exactly', () => {
  const odd = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    0,
    5e-324,
    2 ** 53,
    -(2 ** 53),
    0.1 + 0.2,
  ];
  assert.deepEqual(throughStore(odd, 'tight'), odd);
});

test('texts of the target leave the skeleton when splitting loosely', () => {
  const document = (text: string) => ({
    assertions: [{ expected: 'status is 200', actual: text }],
    facts: { id: text },
  });
  const splitter = new Splitter();
  assert.equal(
    splitter.split(document('one'), 'loose', BASE).skeleton,
    splitter.split(document('two'), 'loose', BASE).skeleton,
  );
  assert.deepEqual(throughStore(document('\ud800 "\u0001\u0002'), 'loose'), document('\ud800 "\u0001\u0002'));
});

test('damaged values are refused instead of read as other numbers', () => {
  const { skeleton, values } = new Splitter().split({ a: 1_234_567, b: 'x' }, 'tight', BASE);
  const cut = Buffer.from(values, 'latin1').subarray(0, 1);
  assert.throws(() => joinDocument(skeleton, cut, BASE), /cut off/);
});

/** Documents are records without a prototype's help: compared as JSON would have them, with its own keys. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [key, member] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: normal(member), enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
