import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { serveHttp } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

type Body = NonNullable<NonNullable<HttpInput['expect']>['body']>;

async function against(types: string | readonly string[], bytes: Buffer, body: Body, limit?: number): Promise<Outcome> {
  await using server = await serveHttp((_request, response) => {
    const headers = [types].flat().flatMap((type) => ['content-type', type]);
    response.writeHead(200, headers).end(bytes);
  });
  const input: HttpInput = { expect: { body }, ...(limit === undefined ? {} : { bodyLimit: limit }) };
  return await runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${server.port}` } });
}

const lineOf = async (...given: Parameters<typeof against>): Promise<string> => verdictLine(await against(...given));
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const join = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const GBK = hex('cfb5cdb3b4edcef3');
const CYRILLIC = hex('cef8e8e1eae020f1e5f0e2e5f0e0');
const page = (head: string, text: Buffer): Buffer => join('<!doctype html><html><head>', head, '</head><p>', text);

/** What is sent, and a word that whoever opens it reads. */
const READ: readonly (readonly [name: string, types: string | readonly string[], bytes: Buffer, word: string])[] = [
  ['meta', 'text/html', page('<meta charset="gbk">', GBK), '系统错误'],
  ['meta of GB2312, which is GBK', 'text/html', page('<META CharSet=GB2312 >', GBK), '系统错误'],
  [
    'meta http-equiv',
    'text/html',
    page('<meta http-equiv="Content-Type" content="text/html; charset=gbk">', GBK),
    '系统错误',
  ],
  ['no type at all', [], page('<meta charset=gbk>', GBK), '系统错误'],
  ['header in quotes', 'text/html; charset="GB2312"', page('', GBK), '系统错误'],
  ['header in capitals', 'TEXT/HTML;CHARSET=GBK', page('', GBK), '系统错误'],
  ['header before meta', 'text/html; charset=gbk', page('<meta charset="utf-8">', GBK), '系统错误'],
  ['header of UTF-8 before meta', 'text/html; charset=utf-8', page('<meta charset="gbk">', join('é')), 'é'],
  ['unknown label in the header', 'text/html; charset=klingon', page('<meta charset="gbk">', GBK), '系统错误'],
  ['header sent twice', ['text/html', 'text/html; charset=gbk'], page('', GBK), '系统错误'],
  ['headers joined', 'text/html, text/html; charset=gbk', page('', GBK), '系统错误'],
  ['meta in a comment', 'text/html', page('<!-- <meta charset="gbk"> -->', join('é')), 'é'],
  ['meta after 1,024 bytes', 'text/html', page(`${' '.repeat(1_024)}<meta charset="gbk">`, join('é')), 'é'],
  [
    'meta after 1,024 bytes of a page that is not UTF-8',
    'text/html',
    page(`${' '.repeat(3_000)}<meta charset="gbk">`, GBK),
    '系统错误',
  ],
  ['meta across the 1,024th byte', 'text/html', page(`${' '.repeat(985)}<meta charset="gbk">`, GBK), '系统错误'],
  [
    'header of an unknown label and a late meta',
    'text/html; charset=klingon',
    page(`${' '.repeat(3_000)}<meta charset="gbk">`, GBK),
    '系统错误',
  ],
  ['meta of UTF-8 after one of GBK', 'text/html', page('<meta charset=gbk><meta charset=utf-8>', GBK), '系统错误'],
  ['neither', 'text/html', page('', join('é')), 'é'],
  ['UTF-16 with BOM', 'text/html', join(hex('fffe'), wide('<p>Ошибка')), 'Ошибка'],
  ['UTF-16 big endian with BOM', 'text/html', join(hex('feff'), swapped('<p>Ошибка')), 'Ошибка'],
  ['BOM before header', 'text/html; charset=gbk', join(hex('fffe'), wide('<p>Ошибка')), 'Ошибка'],
  ['UTF-8 BOM before meta', 'text/html', join('\ufeff', page('<meta charset="gbk">', join('é'))), 'é'],
  ['UTF-16 by header', 'text/plain; charset=utf-16le', wide('Ошибка'), 'Ошибка'],
  ['windows-1251', 'text/html; charset=windows-1251', page('', CYRILLIC), 'Ошибка сервера'],
  ['plain text', 'text/plain; charset=windows-1251', CYRILLIC, 'Ошибка сервера'],
  ['plain text has no meta', 'text/plain', join('<meta charset=gbk>é'), 'é'],
  ['KOI8-R', 'text/html; charset=koi8-r', page('', hex('efdbc9c2cbc1')), 'Ошибка'],
  ['Shift_JIS', 'text/html', page('<meta charset=Shift_JIS>', hex('8354815b836f83478389815b8740')), 'サーバエラー①'],
  ['EUC-JP', 'text/html; charset=x-euc-jp', page('', hex('a5a8a5e9a1bc')), 'エラー'],
  ['ISO-2022-JP', 'text/html; charset=iso-2022-jp', page('', hex('1b244225282569213c1b2842')), 'エラー'],
  ['EUC-KR as browsers read it', 'text/html; charset=euc-kr', page('', hex('bfc0b7f9208141')), '오류 갂'],
  ['Big5', 'text/html; charset=big5', page('', hex('a874b2cebff9bb7e')), '系統錯誤'],
  ['GB18030', 'text/html; charset=gb18030', page('', hex('b4edcef395328236')), '错误𠀀'],
  ['ISO-8859-1, which is windows-1252', 'text/html; charset=iso-8859-1', page('', hex('8020e9')), '€ é'],
  ['XML', 'text/xml', join('<?xml version="1.0" encoding="windows-1251"?><a>', CYRILLIC), 'Ошибка сервера'],
  ['XML of its own type', 'image/svg+xml', join("<?xml version='1.0' encoding = 'gbk'?><a>", GBK), '系统错误'],
  ['XML has no meta', 'application/xml', join('<a><meta charset="gbk"/>é</a>'), 'é'],
  ['JSON', 'application/json; charset=windows-1251', join('\ufeff{"a":"Ошибка"}'), '{"a":"Ошибка"}'],
];

for (const [name, types, bytes, word] of READ)
  test(`a body is read as browsers read it: ${name}`, async () => {
    assert.equal(await lineOf(types, bytes, { contains: word }), 'passed');
    assert.match(await lineOf(types, bytes, { notContains: word }), /^failed: .*it does, at character/);
    assert.match(await lineOf(types, bytes, { notMatches: word.replace(/[{}]/g, '.') }), /^failed/);
  });

test('the mark of the order of bytes is no part of the text', async () => {
  const matches = /^<!doctype/;
  assert.equal(await lineOf('text/html; charset=utf-8', join('\ufeff', page('', join('é'))), { matches }), 'passed');
});

test('JSON is UTF-8 whatever the answer says', async () => {
  const json = [{ path: '$.a', equals: 'Ошибка' }];
  for (const type of ['application/json', 'text/plain; charset=koi8-r', 'text/html; charset=utf-16le'])
    assert.equal(await lineOf(type, join('\ufeff{"a":"Ошибка"}'), { json }), 'passed', type);
  assert.match(await lineOf('application/json', join('{"a":"', CYRILLIC, '"}'), { json }), /^failed/);
});

const NOT_SAID = page('', Buffer.concat([CYRILLIC, CYRILLIC]));
test('what is not seen in a body that is in another encoding than it says is not proven absent', async () => {
  const undecided = /^inconclusive: config-invalid .*cannot be read as UTF-8/;
  assert.match(await lineOf('text/html', NOT_SAID, { notContains: 'Ошибка' }), undecided);
  assert.match(await lineOf('text/html', NOT_SAID, { notMatches: /ошибка/i }), undecided);
  assert.match(await lineOf('text/html', NOT_SAID, { notMatches: /\u041e\p{L}+/u }), undecided);
  assert.match(await lineOf('text/html', page('', GBK), { notContains: '系统错误' }), undecided);
  assert.match(await lineOf('text/html', NOT_SAID, { contains: 'Ошибка' }), /^failed: .*cannot be read as UTF-8/);
  const zeros = await lineOf('text/html', wide('<h1>Fatal</h1>'), { notContains: 'Fatal' });
  assert.match(zeros, /^inconclusive: config-invalid .*all of the body cannot be read as UTF-8/);
  const nothing = await lineOf('text/html; charset=iso-2022-kr', page('', join('Fatal')), { notContains: 'Fatal' });
  assert.match(nothing, /^inconclusive: config-invalid .*as replacement/);
});

test('UTF-8 under another name is read by that name, and what is in it is not proven absent', async () => {
  const bytes = join('<p>Erreur système');
  for (const type of ['text/html; charset=iso-8859-1', 'text/html; charset=euc-kr']) {
    const undecided = /^inconclusive: config-invalid .*when the body is read as UTF-8/;
    assert.match(await lineOf(type, bytes, { notContains: 'système' }), undecided);
    assert.match(await lineOf(type, bytes, { notMatches: /Err.*système/ }), undecided);
    assert.match(await lineOf(type, bytes, { contains: 'système' }), /^failed/);
    assert.equal(await lineOf(type, bytes, { notContains: 'Ошибка', notMatches: /Fatal/ }), 'passed');
  }
});

test('ASCII reads the same in all of them, and single bad bytes do not spoil a page', async () => {
  assert.equal(await lineOf('text/html', NOT_SAID, { notContains: 'Fatal', notMatches: /Err.*\d+/ }), 'passed');
  const spoilt = join('<p>Добро пожаловать', hex('d0'), '<p>', hex('ff'));
  const outcome = await against('text/html; charset=utf-8', spoilt, { notContains: 'Ошибка', contains: 'Добро' });
  assert.equal(verdictLine(outcome), 'passed');
  assert.match(outcome.observation.facts.unreadable ?? '', /^2 places .*UTF-8/);
  assert.equal(await lineOf('text/html', join('<p>ok ', hex('ff')), { notContains: 'Ошибка' }), 'passed');
});

test('a body that is cut within a letter is read up to it', async () => {
  const cut = join('x'.repeat(1_023), 'é and more');
  assert.equal(await lineOf('text/plain', cut, { matches: /x$/ }, 1_024), 'passed');
  assert.match(await lineOf('text/plain', cut, { notContains: 'é' }, 1_024), /^inconclusive: .*bodyLimit/);
});
