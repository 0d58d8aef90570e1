import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { it } from 'node:test';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { BOMBS, serveBombs, serveEndlessBody, serveHeaderFlood } from './hostile-servers.ts';

function ask(port: number, path = '/'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get({ port, path, host: '127.0.0.1' }, resolve).once('error', reject));
}

it('bombs are small and become as large as they were told to', async () => {
  await using server = await serveBombs({ gzip: 8, br: 8, zstd: 8 });
  const undo = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
  for (const kind of BOMBS) {
    const answer = await ask(server.port, `/${kind}`);
    const body = Buffer.concat(await answer.toArray());
    assert.equal(answer.headers['content-encoding'], kind);
    assert.equal(undo[kind](body).length, 8 * 1024 * 1024);
    assert.ok(server.sizes[kind] === body.length && body.length < 20_000, `${kind}: ${body.length} bytes`);
  }
});

it('an endless body goes on, and stops with its reader', async () => {
  await using server = await serveEndlessBody();
  const answer = await ask(server.port);
  let seen = 0;
  for await (const chunk of answer) {
    seen += chunk.length;
    if (seen > 20_000_000) break;
  }
  assert.ok(seen > 20_000_000);
});

it('a flood of headers is more than a parser takes', async () => {
  await using server = await serveHeaderFlood(10_000_000);
  await assert.rejects(ask(server.port), { code: 'HPE_HEADER_OVERFLOW' });
});
