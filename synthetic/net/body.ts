import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { Settle } from './attempt.ts';
import { safeText } from './text.ts';
import { codeOf, Trouble } from './trouble.ts';

export type Body = {
  /** Decoded, at most the limit asked for. */
  readonly bytes: Buffer;
  /** Whether there was more than the limit; what follows was not read. */
  readonly truncated: boolean;
};

/** What we can undo; sent as `accept-encoding`. */
export const ENCODINGS = 'gzip, deflate, br, zstd';
/** More layers than this are an attack, not a practice. */
const MOST_LAYERS = 2;
/** Low half of the first byte of the zlib format. */
const ZLIB_MARK = 8;

/**
 * Reads a body, decoded, up to `limitBytes` of decoded bytes, then stops: an endless body, or a bomb of 10 GB in 10 MB,
 * costs what the limit costs. Ends `settle` in the phase `transfer`.
 */
export function readBody(
  source: Readable,
  { encoding, limitBytes }: { readonly encoding: string | undefined; readonly limitBytes: number },
  settle: Settle<Body>,
): void {
  const names = encodingsOf(encoding);
  if (names.length === 0) {
    decode(source, [], limitBytes, settle);
    return;
  }
  peek(source, settle, (first) => {
    const decoders = decodersFor(names, first);
    if (decoders !== undefined) decode(source, decoders, limitBytes, settle);
    else settle.fail(new Trouble('transfer', 'UNKNOWN_ENCODING', safeText(encoding ?? '', 100)));
  });
}

function decode(source: Readable, decoders: readonly Transform[], limitBytes: number, settle: Settle<Body>): void {
  const fail = (error: unknown): void => {
    source.destroy();
    settle.fail(new Trouble('transfer', codeOf(error), error instanceof Error ? error.message : '', error));
  };
  source.once('error', fail);
  let last = source;
  for (const decoder of decoders) {
    decoder.once('error', fail);
    last = last.pipe(decoder);
  }
  collect(last, limitBytes, (body) => {
    if (body.truncated) for (const stream of [...decoders, source]) stream.destroy();
    settle.done(body);
  });
}

/** Looks at the first byte without using it up. An answer may name an encoding without a byte to decode: that to HEAD, or an empty one. */
function peek(source: Readable, settle: Settle<Body>, next: (first: number) => void): void {
  const fail = (error: unknown): void => settle.fail(new Trouble('transfer', codeOf(error), '', error));
  const endEmpty = (): void => settle.done({ bytes: Buffer.alloc(0), truncated: false });
  const look = (): void => {
    const chunk: unknown = source.read();
    // Nothing to read means that the end is near, or trouble; either is an event of its own.
    if (!Buffer.isBuffer(chunk)) return;
    source.off('error', fail).off('end', endEmpty).off('readable', look);
    source.unshift(chunk);
    next(chunk[0] ?? 0);
  };
  source.once('error', fail).once('end', endEmpty).on('readable', look);
}

function collect(stream: Readable, limitBytes: number, finish: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let finished = false;
  stream.on('data', (chunk: Buffer) => {
    if (finished) return;
    const room = limitBytes - size;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    size += Math.min(chunk.length, room);
    if (chunk.length <= room) return;
    finished = true;
    finish({ bytes: Buffer.concat(chunks), truncated: true });
  });
  stream.once('end', () => {
    if (finished) return;
    finished = true;
    finish({ bytes: joined(chunks), truncated: false });
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** The encodings named, first applied first. */
function encodingsOf(encoding: string | undefined): readonly string[] {
  if (encoding === undefined) return [];
  const names = encoding.toLowerCase().split(',', MOST_LAYERS + 1);
  return names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
}

/** Streams that undo the encodings, last applied first; `undefined` when one is not known to us. */
function decodersFor(names: readonly string[], first: number): readonly Transform[] | undefined {
  if (names.length > MOST_LAYERS) return undefined;
  const decoders: Transform[] = [];
  for (const name of [...names].reverse()) {
    const decoder = decoderFor(name, decoders.length === 0 ? first : ZLIB_MARK);
    if (decoder === undefined) return undefined;
    decoders.push(decoder);
  }
  return decoders;
}

function decoderFor(name: string, first: number): Transform | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // The zlib format (RFC 9110), but some servers send bare deflate data.
      return (first & 0x0f) === ZLIB_MARK ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return undefined;
  }
}
