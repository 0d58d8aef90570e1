import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { type Page, proseOf, ROOT, readDocument, readDocuments } from './documents.ts';

const documents = readDocuments();

describe('links', () => {
  for (const page of documents) {
    it(`of ${page.path} lead somewhere`, () => {
      const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
      assert.deepEqual(broken, []);
    });
  }

  it('reach every guide from the README', () => {
    const [readme] = documents;
    assert.ok(readme);
    const linked = linksOf(readme).map((link) => link.split('#')[0]);
    const guides = documents.filter(({ path }) => /^docs\/[^/]+\.md$/.test(path)).map(({ path }) => path);
    assert.deepEqual(
      guides.filter((path) => !linked.includes(path)),
      [],
    );
  });
});

describe('the README', () => {
  it('has fewer than 200 lines', () => {
    assert.ok(readDocument('README.md').text.split('\n').length < 200);
  });

  it('has a picture that does not weigh more than it should', () => {
    assert.ok(statSync(join(ROOT, 'docs', 'page.png')).size < 200_000);
  });
});

describe('decisions', () => {
  it('are numbered without gaps', () => {
    const numbers = documents.flatMap(({ path }) => /^docs\/decisions\/(\d{3})-[a-z0-9-]+\.md$/.exec(path)?.[1] ?? []);
    assert.deepEqual(
      numbers.map(Number),
      numbers.map((_, index) => index + 1),
    );
  });
});

function linksOf(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(from: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? join(ROOT, from.path) : join(ROOT, dirname(from.path), file);
  if (!existsSync(path)) return false;
  return anchor === undefined || anchorsOf(readDocument(relative(ROOT, path))).includes(anchor);
}

/** Headings as GitHub makes anchors of them. */
function anchorsOf(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
