import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { serveHttp, type TestServer } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

function probe({ port }: { readonly port: number }, input: HttpInput = {}): Promise<Outcome> {
  return runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${port}` } });
}

async function lineAgainst(server: TestServer, input: HttpInput = {}): Promise<string> {
  await using open = server;
  return verdictLine(await probe(open, input));
}

const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync } as const;

for (const [encoding, encode] of Object.entries(ENCODERS)) {
  test(`a body in ${encoding} is decoded, a bomb costs what the limit costs`, async () => {
    await using server = await serveHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(encode('decoded text'));
    });
    assert.equal(verdictLine(await probe(server, { expect: { body: { contains: 'decoded text' } } })), 'passed');
    const bomb = encode(Buffer.alloc(50_000_000));
    await using armed = await serveHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(bomb);
    });
    const before = process.cpuUsage();
    const outcome = await probe(armed);
    const { user, system } = process.cpuUsage(before);
    assert.equal(measureOf(outcome, 'body_bytes'), 1_048_576);
    assert.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of CPU`);
  });
}

test('bare deflate data is understood, an empty body has no encoding', async () => {
  const bare = await serveHttp((_request, response) => {
    response.setHeader('content-encoding', 'deflate');
    response.end(deflateRawSync('bare text'));
  });
  assert.equal(await lineAgainst(bare, { expect: { body: { contains: 'bare text' } } }), 'passed');
  for (const encoding of Object.keys(ENCODERS)) {
    const empty = await serveHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end();
    });
    assert.equal(await lineAgainst(empty, { expect: { body: { empty: true } } }), 'passed', encoding);
  }
});

test('layers of encodings are undone, more than two or unknown ones are not', async () => {
  const server = (encoding: string, bytes: Uint8Array): Promise<TestServer> =>
    serveHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(bytes);
    });
  const twice = await server('gzip, br', brotliCompressSync(gzipSync('both')));
  assert.equal(await lineAgainst(twice, { expect: { body: { contains: 'both' } } }), 'passed');
  assert.match(
    await lineAgainst(await server('rot13', Buffer.from('x'))),
    /^failed: .*encoding that was not asked for – rot13/,
  );
  assert.match(
    await lineAgainst(await server('br,br,br', Buffer.from('x'))),
    /^failed: .*encoding that was not asked for/,
  );
});

test('a body that is not in the encoding it claims, or ends early, cannot be decoded', async () => {
  for (const [encoding, encode] of Object.entries(ENCODERS)) {
    for (const bytes of [Buffer.from('not compressed at all'), cutShort(encode('x'.repeat(10_000)))]) {
      const server = await serveHttp((_request, response) => {
        response.setHeader('content-encoding', encoding);
        response.end(bytes);
      });
      assert.match(
        await lineAgainst(server),
        /^failed: .*transfer: the body cannot be decoded/,
        `${encoding} ${bytes.length}`,
      );
    }
  }
});

function cutShort(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length - 3);
}
