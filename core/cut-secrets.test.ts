import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cut, cutStart } from './cut.ts';
import { makeRedactor } from './redact.ts';

const VALUES = ['canary-plain-7f3a91c2d4e8-0123456789', `can"ary\\ 'q' <b>&amp; %41+/ é☂ 9b1c7f`, 'пароль-секрет-ключ'];
/** How programs write a value, and what the rest of a value looks like read back. */
const FORMS: Readonly<
  Record<string, { readonly write: (text: string) => string; readonly read: (text: string) => string }>
> = {
  'as it is': { write: (text) => text, read: (text) => text },
  percent: {
    write: encodeURIComponent,
    read: (text) =>
      text.replace(/(?:%[0-9A-F]{2})+/g, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString()),
  },
  JSON: { write: (text) => JSON.stringify(text).slice(1, -1), read: (text) => text.replace(/\\(["\\])/g, '$1') },
  hex: {
    write: (text) => Buffer.from(text).toString('hex'),
    read: (text) =>
      [text, text.slice(1)].map((one) => Buffer.from(one.replace(/\W.*/, ''), 'hex').toString()).join(' '),
  },
  Base64: {
    write: (text) => Buffer.from(text).toString('base64'),
    read: (text) => [0, 1, 2, 3].map((skip) => Buffer.from(text.slice(skip), 'base64').toString()).join(' '),
  },
};
const LONGEST_LEFT = 7;

/** The longest run of characters that a text has of a value. */
function longestRun(text: string, value: string): string {
  let best = '';
  for (let from = 0; from < value.length; from += 1)
    while (text.includes(value.slice(from, from + best.length + 1)) && from + best.length < value.length)
      best = value.slice(from, from + best.length + 1);
  return best;
}

describe('what a cut leaves of a secret is removed', () => {
  for (const value of VALUES)
    for (const [form, { write, read }] of Object.entries(FORMS)) {
      const { scrub, scrubBytes } = makeRedactor([['KEY', value]]);
      const written = write(value);
      const wholeText = `the answer was ${written}, and more ${'.-'.repeat(60)}`;
      it(`as ${form} of ${value}, wherever it is cut at its end or at its start`, () => {
        for (let at = 16; at < 16 + written.length; at += 1)
          for (const text of [cut(wholeText, at + 1), cutStart(wholeText, wholeText.length - at + 1)]) {
            const bytes = Buffer.from(scrubBytes(Buffer.from(text))).toString();
            for (const scrubbed of [scrub(text), bytes]) {
              const all = `${scrubbed} ${read(scrubbed.replaceAll(/the answer was |\[secret KEY\]|…/g, ''))}`;
              assert.ok(longestRun(all, value).length <= LONGEST_LEFT, `${text} -> ${scrubbed}`);
            }
          }
      });
    }

  const [value = ''] = VALUES;
  const { scrub } = makeRedactor([['KEY', value]]);
  it('in the middle of one that was cut at both ends', () => {
    assert.equal(
      scrub(`no JSON: ..."${value.slice(5, 25)}"... is no value`),
      'no JSON: ..."[secret KEY]"... is no value',
    );
  });
  it("where Playwright cut the middle out of a folder's name", () => {
    const folder = `a-test-shows-${value.slice(0, 20)}-9f3c1-${value.slice(-9)}-chromium`;
    assert.equal(scrub(folder), 'a-test-shows-[secret KEY]-9f3c1-[secret KEY]-chromium');
  });
  it('and nothing else is', () => {
    for (const text of [
      'can…',
      '…789',
      'a canary-plain text',
      `…${value.slice(8, 20)}`,
      'they can… be 6789',
      '…canary-plain-7f3',
    ])
      assert.equal(scrub(text), text);
  });
  it('in a time that grows with the text alone, whatever a target writes', () => {
    for (const text of [
      '…',
      '...',
      'canary-plain…',
      'canary-plain-canary-plain-…',
      '…456789',
      '\\',
      '\\u2026',
      'cana',
      '…a',
    ])
      assert.ok(cpuMsOf(() => scrub(text.repeat(300_000 / text.length))) < 10_000, text);
  });
});

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('a cut', () => {
  it('leaves a mark, and no half of a pair', () => {
    assert.equal(cut('abcdef', 6), 'abcdef');
    assert.equal(cut('abcdefg', 6), 'abcde…');
    assert.equal(cutStart('abcdefg', 6), '…cdefg');
    assert.ok(cut('abcd😀fg', 6).isWellFormed());
    assert.ok(cutStart('a😀cdefg', 7).isWellFormed());
  });
});
