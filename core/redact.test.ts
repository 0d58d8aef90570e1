import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeRedactor } from './redact.ts';

const VALUE = 'Ab/c"d\'e&f<g>é (h)!~';
const { scrub } = makeRedactor(new Map([['KEY', VALUE]]));
const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

/** How programs write the value, made here by other means than in the redactor where there are any. */
const FORMS: Readonly<Record<string, string>> = {
  'a path of a URL': new URL(`http://host/${VALUE}`).pathname.slice(1),
  'a query with lower-case digits': lower(encodeURIComponent(VALUE)),
  'an encoder that leaves no sign as it is': encodeURIComponent(VALUE).replace(
    /[!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  ),
  'a form': new URLSearchParams({ q: VALUE }).toString().slice(2),
  'JSON of PHP': JSON.stringify(VALUE).slice(1, -1).replaceAll('/', '\\/'),
  'JSON of Go': 'Ab/c\\"d\'e\\u0026f\\u003cg\\u003eé (h)!~',
  'JSON of Python': 'Ab/c\\"d\'e&f<g>\\u00e9 (h)!~',
  'JSON in JSON': JSON.stringify(JSON.stringify({ a: VALUE })),
  'HTML of Go': 'Ab/c&#34;d&#39;e&amp;f&lt;g&gt;é (h)!~',
  'HTML with hexadecimal quotes': 'Ab/c&quot;d&#x27;e&amp;f&lt;g&gt;é (h)!~',
  'HTML text with bare quotes': 'Ab/c"d\'e&amp;f&lt;g&gt;é (h)!~',
  'a basic authorization': Buffer.from(`user:${VALUE}`).toString('base64'),
};

describe('a secret is found', () => {
  for (const [where, form] of Object.entries(FORMS))
    it(`in ${where}`, () => assert.match(scrub(`before ${form} after`), /\[secret KEY\]/, form));
  it('by each line of a key of several lines, however lines end', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhki\nG9w0BAQEFAASC\nshort\n-----END KEY-----';
    const key = makeRedactor(new Map([['PEM', pem]]));
    assert.equal(key.scrub('one MIIEvQIBADANBgkqhki two'), 'one [secret PEM] two');
    assert.equal(key.scrub(pem.replaceAll('\n', '\r\n')), '[secret PEM]');
    assert.equal(key.scrub('-----BEGIN KEY----- and short'), '-----BEGIN KEY----- and short');
  });
  it('whole when one value begins with another', () => {
    const both = makeRedactor(
      new Map([
        ['SHORT', 'abcd'],
        ['LONG', 'abcdefgh'],
      ]),
    );
    assert.equal(both.scrub('abcdefgh abcd'), '[secret LONG] [secret SHORT]');
  });
  it('even when it is no proper text', () => {
    assert.doesNotThrow(() => makeRedactor(new Map([['BROKEN', 'half \ud800 a pair']])));
  });
});

describe('a secret is found where encodings are nested or signs are encoded one by one', () => {
  const nested: Readonly<Record<string, string>> = {
    'a URL in a URL': encodeURIComponent(encodeURIComponent(VALUE)),
    'a form in a URL': encodeURIComponent(new URLSearchParams({ q: VALUE }).toString().slice(2)),
    'HTML that leaves > and quotes': VALUE.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    'HTML in HTML': 'Ab/c&amp;quot;d&amp;#39;e&amp;amp;f&amp;lt;g&amp;gt;é (h)!~',
    'HTML in JSON': JSON.stringify("Ab/c&quot;d'e&amp;f&lt;g&gt;é (h)!~"),
    'JSON in a URL': encodeURIComponent(JSON.stringify(VALUE)),
    'JSON of Go in JSON': JSON.stringify('Ab/c\\"d\'e\\u0026f\\u003cg\\u003eé (h)!~'),
    'JSON in JSON in JSON': JSON.stringify(JSON.stringify(JSON.stringify(VALUE))),
  };
  for (const [where, form] of Object.entries(nested))
    it(`in ${where}`, () => assert.match(scrub(`before ${form} after`), /^before \S*\[secret KEY\]\S* after$/, form));

  it('in bytes, and the bytes around it stay as they are', () => {
    const redactor = makeRedactor([['KEY', VALUE]]);
    const around = Buffer.from([0, 0xff, 0xfe, 0x80]);
    const scrubbed = redactor.scrubBytes(Buffer.concat([around, Buffer.from(encodeURIComponent(VALUE)), around]));
    assert.deepEqual(Buffer.from(scrubbed), Buffer.concat([around, Buffer.from('[secret KEY]'), around]));
  });

  it('in a time that grows with the text alone, whatever a target writes', () => {
    const redactor = makeRedactor([['KEY', `\\"&${VALUE}`]]);
    for (const sign of ['\\', '%25', '%5C', '&amp;', '&#x26;', '\\\\"&', '+', 'A']) {
      const startedAt = performance.now();
      redactor.scrub(sign.repeat(300_000));
      assert.ok(performance.now() - startedAt < 10_000, sign);
    }
  });
});
