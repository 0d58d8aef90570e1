import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { constants, createBrotliCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { serveHttp, serveTcp, type TestServer } from '../../synthetic/net/testing/servers.ts';

const MEBIBYTE = 1024 * 1024;
const ZEROS = Buffer.alloc(MEBIBYTE);
const LETTERS = Buffer.alloc(65_536, 'x');

/** Answers with a head of `bytes` in lines of 8 KB. */
export function serveHeaderFlood(bytes: number): Promise<TestServer> {
  const line = Buffer.from(`x-flood: ${'y'.repeat(8_000)}\r\n`);
  return serveTcp((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n');
      pour(socket, line, Math.ceil(bytes / line.length));
    }),
  );
}

/** Answers with a body that never ends, as fast as it is read. */
export function serveEndlessBody(): Promise<TestServer> {
  return serveHttp((_request, response) => pour(response, LETTERS, Number.POSITIVE_INFINITY));
}

export const BOMBS = ['gzip', 'br', 'zstd'] as const;
export type Bomb = (typeof BOMBS)[number];

/** Answers `/gzip`, `/br` and `/zstd` with little that becomes so many MiB of nothing; any other path with a page. */
export async function serveBombs(
  mebibytes: Readonly<Record<Bomb, number>>,
): Promise<TestServer & { readonly sizes: Readonly<Record<Bomb, number>> }> {
  const bombs = {
    // Both formats may be continued by a further part, so one is made and repeated.
    gzip: Buffer.concat(Array<Buffer>(mebibytes.gzip).fill(gzipSync(ZEROS))),
    zstd: Buffer.concat(Array<Buffer>(mebibytes.zstd).fill(zstdCompressSync(ZEROS))),
    br: await brotliBomb(mebibytes.br),
  };
  const server = await serveHttp(({ url = '' }, response) => {
    const kind = BOMBS.find((name) => url === `/${name}`);
    if (kind === undefined) response.end('hello');
    else response.writeHead(200, { 'content-encoding': kind }).end(bombs[kind]);
  });
  return { ...server, sizes: { gzip: bombs.gzip.length, br: bombs.br.length, zstd: bombs.zstd.length } };
}

async function brotliBomb(mebibytes: number): Promise<Buffer> {
  const compressor = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const parts: Buffer[] = [];
  compressor.on('data', (part: Buffer) => parts.push(part));
  for (let count = 0; count < mebibytes; count += 1) {
    if (!compressor.write(ZEROS)) await once(compressor, 'drain');
  }
  compressor.end();
  await once(compressor, 'end');
  return Buffer.concat(parts);
}

/** Writes the same bytes again and again, never more than the other side takes. */
function pour(sink: Writable, bytes: Buffer, times: number): void {
  let left = times;
  const write = (): void => {
    while (left > 0 && !sink.destroyed) {
      left -= 1;
      if (!sink.write(bytes)) return;
    }
  };
  sink.on('drain', write);
  write();
}
