import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownBody, readBody } from './body.ts';
import { Splitter } from './document.ts';
import { ShapeBook } from './shape-book.ts';

const BASE = Date.UTC(2026, 10, 22);

/** How often each way of keeping the skeleton was chosen, and how many skeletons were shared. */
function shapeMany(documents: readonly unknown[]) {
  const book = new ShapeBook(new Splitter());
  const shaped = documents.map((document) => book.shape('home', document, BASE));
  return { shaped, skeletons: new Set(shaped.filter(({ shared }) => shared).map(({ skeleton }) => skeleton)).size };
}

test('runs that differ only in numbers share one skeleton', () => {
  const { shaped, skeletons } = shapeMany(
    Array.from({ length: 100 }, (_, index) => ({ status: 'passed', value: index / 7 })),
  );
  assert.equal(skeletons, 1);
  assert.ok(shaped.every(({ shared }) => shared));
});

test('a check whose target says something new each time shares few skeletons, without those texts', () => {
  const { shaped, skeletons } = shapeMany(
    Array.from({ length: 500 }, (_, index) => ({ facts: { trace: `id-${index}` } })),
  );
  assert.ok(skeletons <= 33, `${skeletons} skeletons`);
  assert.ok(shaped.at(-1)?.shared);
});

test('a check that is different in every way keeps its skeletons to itself', () => {
  const { shaped, skeletons } = shapeMany(Array.from({ length: 500 }, (_, index) => ({ [`key-${index}`]: 1 })));
  assert.ok(skeletons <= 64, `${skeletons} skeletons`);
  assert.equal(shaped.at(-1)?.shared, false);
});

test('a large document is not shared', () => {
  const { shaped } = shapeMany([{ log: 'x'.repeat(20_000) }]);
  assert.deepEqual(
    shaped.map(({ shared }) => shared),
    [false],
  );
});

for (const [size, document] of Object.entries({
  small: { a: 1, b: 'é' },
  large: { log: 'né '.repeat(10_000), list: Array.from({ length: 2_000 }, (_, index) => index / 3) },
})) {
  test(`a ${size} body of its own comes back exactly`, () => {
    const { skeleton, values } = new Splitter().split(document, 'tight', BASE);
    const body = ownBody(skeleton, values);
    assert.deepEqual(readBody(Buffer.from(body), undefined, BASE), document);
  });
}

test('a skeleton that checks have in common still counts for each of them', () => {
  const book = new ShapeBook(new Splitter());
  const seen = (text: string): unknown => ({ facts: { text } });
  for (const check of ['a', 'b']) {
    for (let index = 0; index < 32; index += 1) assert.ok(book.shape(check, seen(`text ${index}`), BASE).shared);
  }
  // Its thirty-third: from here on its texts are no part of its skeletons.
  assert.doesNotMatch(book.shape('b', seen('news'), BASE).skeleton, /news/);
});
