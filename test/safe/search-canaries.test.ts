import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { KEY, ODD, PLAIN } from './canaries.ts';
import { type Canary, findCanaries } from './search-canaries.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Each form in which a value may stand in an output. */
const FORMS: Readonly<Record<string, (value: string) => Uint8Array>> = {
  plain: bytes,
  'percent-encoded': (value) => bytes(encodeURIComponent(value)),
  'a form': (value) => bytes(new URLSearchParams({ password: value }).toString()),
  JSON: (value) => bytes(JSON.stringify({ inner: value })),
  'JSON in ASCII': (value) => bytes(ascii(JSON.stringify({ inner: value }))),
  'JSON in JSON': (value) => bytes(JSON.stringify({ inner: JSON.stringify({ inner: value }) })),
  HTML: (value) => bytes(`<td>${html(value)}</td>`),
  'HTML in JSON': (value) => bytes(JSON.stringify(`<td>${html(value)}</td>`)),
  'a form in JSON in HTML': (value) =>
    bytes(html(JSON.stringify({ postData: new URLSearchParams({ q: value }).toString() }))),
  hexadecimal: (value) => bytes(`0${bytes(`x${value}x`).toString('hex')}`),
  base64: (value) => bytes(bytes(value).toString('base64')),
  'base64 inside other text': (value) => bytes(`data:;base64,${bytes(`xx${value}y`).toString('base64')}`),
  'base64 for URLs': (value) => bytes(bytes(`x${value}`).toString('base64url')),
  'base64 in JSON': (value) => bytes(JSON.stringify({ body: bytes(`user:${value}`).toString('base64') })),
  'base64 in lines': (value) =>
    bytes(
      (
        bytes(`${'x'.repeat(50)}${value}${'x'.repeat(90)}`)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\r\n'),
    ),
  'quoted-printable': (value) =>
    bytes([...bytes(value)].map((one) => `=${one.toString(16).toUpperCase().padStart(2, '0')}`).join('')),
  'UTF-16': (value) => Buffer.from(value, 'utf16le'),
  'UTF-16, big end first': (value) => Buffer.from(value, 'utf16le').swap16(),
  gzip: (value) => gzipSync(value),
  zip: (value) => zipSync({ 'a.txt': bytes(value) }),
  'the name of an entry': (value) => zipSync({ [`${encodeURIComponent(value)}.txt`]: bytes('x') }),
  'JSON in gzip in zip': (value) => zipSync({ 'a.gz': gzipSync(JSON.stringify({ value })) }),
  'a zip in base64 in HTML': (value) =>
    bytes(`<script>"data:application/zip;base64,${Buffer.from(zipSync({ a: bytes(value) })).toString('base64')}"`),
  'a deflated column': (value) => Buffer.concat([Buffer.of(1), deflateRawSync(`some text ${value}`)]),
};

describe('the search for canaries', () => {
  for (const [form, encode] of Object.entries(FORMS))
    it(`finds each in the form: ${form}`, () => {
      for (const canary of [PLAIN, ODD, KEY]) {
        const finds = findCanaries(encode(canary.value), [PLAIN, ODD, KEY], 'file');
        assert.ok(
          finds.some(({ canary: name }) => name === canary.name),
          canary.name,
        );
      }
    });

  it('finds a single line of a key', () => {
    const [, line = ''] = KEY.value.split('\n');
    assert.equal(findCanaries(bytes(`x${line}x`), [KEY], 'file').length, 1);
  });

  it('finds nothing where there is nothing', () => {
    const others: readonly Canary[] = [PLAIN, { ...ODD, value: `${ODD.value}!` }];
    for (const encode of Object.values(FORMS)) assert.deepEqual(findCanaries(encode(ODD.value), others, 'file'), []);
  });
});
