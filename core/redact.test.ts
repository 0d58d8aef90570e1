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

describe('a secret beyond ASCII is found in every charset as which its bytes can be read', () => {
  const value = 'clé-secrète-€7ü91-ß';
  const redactor = makeRedactor([['KEY', value]]);
  const utf8 = Buffer.from(value);
  const latin1 = Buffer.from(value.replace('€', '\x80'), 'latin1');
  const utf16 = Buffer.from(value, 'utf16le');
  const texts: Readonly<Record<string, string>> = {
    'UTF-8 read as Latin-1': utf8.toString('latin1'),
    'UTF-8 read as windows-1252': new TextDecoder('windows-1252').decode(utf8),
    'windows-1252 read as UTF-8': latin1.toString('utf8'),
    'percent-encoded windows-1252': [...latin1]
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`))
      .join(''),
    'Base64 of windows-1252': latin1.toString('base64'),
    'hexadecimal of windows-1252': latin1.toString('hex'),
    'Base64 of UTF-16': utf16.toString('base64'),
    'hexadecimal of UTF-16, big end first': Buffer.from(utf16).swap16().toString('hex'),
    'NFD, percent-encoded': encodeURIComponent(value.normalize('NFD')),
    'Latin-1 for UTF-8, encoded again as JSON in ASCII': utf8
      .toString('latin1')
      .replace(/[^\0-\x7f]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    'named entities of HTML': 'cl&eacute;-secr&egrave;te-&euro;7&uuml;91-&szlig;',
  };
  for (const [where, text] of Object.entries(texts))
    it(`in ${where}`, () => assert.match(redactor.scrub(`a ${text} b`), /^a \S*\[secret KEY\]\S* b$/, text));
  for (const [where, bytes] of Object.entries({
    'windows-1252': latin1,
    'UTF-16': utf16,
    'UTF-16, big end first': Buffer.from(utf16).swap16(),
  }))
    it(`in the bytes of ${where}`, () => {
      const scrubbed = Buffer.from(redactor.scrubBytes(Buffer.concat([Buffer.from('a '), bytes, Buffer.from(' b')])));
      assert.match(scrubbed.toString('latin1'), /^a \0?\[secret KEY\]\0? b$/);
    });
  it('without an ASCII letter, and in the name of a host', () => {
    assert.equal(makeRedactor([['KEY', 'пароль']]).scrub('a пароль b'), 'a [secret KEY] b');
    const host = new URL('https://clé-été.example').host;
    assert.equal(makeRedactor([['KEY', 'clé-été']]).scrub(`https://${host}/`), 'https://[secret KEY].example/');
  });
});
