import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What is done to one direction of a connection; the words are those of toxiproxy. */
export type Toxic =
  /** Holds each piece back. */
  | { readonly type: 'latency'; readonly delayMs: number }
  | { readonly type: 'bandwidth'; readonly bytesPerSecond: number }
  /** Holds the end back. */
  | { readonly type: 'slow_close'; readonly delayMs: number }
  /** Passes so many bytes on, then nothing more, and stays open. */
  | { readonly type: 'timeout'; readonly afterBytes?: number }
  /** Passes so many bytes on, then resets the connection. */
  | { readonly type: 'reset_peer'; readonly afterBytes?: number }
  /** Passes everything on in small pieces. */
  | { readonly type: 'slicer'; readonly bytes: number; readonly delayMs: number }
  /** Passes so many bytes on, then ends in order. */
  | { readonly type: 'limit_data'; readonly bytes: number };

export type Toxics = {
  /** From server to client. */
  readonly downstream?: readonly Toxic[];
  /** From client to server. */
  readonly upstream?: readonly Toxic[];
};

export type TcpProxy = AsyncDisposable & {
  readonly port: number;
  /** For connections made from now on. */
  setToxics(toxics: Toxics): void;
  /** Refuses connections and resets those there are; `up` listens on the same port again. */
  down(): Promise<void>;
  up(): Promise<void>;
};

/** A moment in which what was written reaches the other side before a reset overtakes it. */
const ARRIVAL_MS = 20;
/** How long a client that has said its last may still listen; a line that is dead would hold it for ever. */
const LEAVING_MS = 1_000;

/** A TCP proxy on loopback in front of `upstreamPort` that spoils what passes through it. */
export async function openTcpProxy(upstreamPort: number, toxics: Toxics = {}): Promise<TcpProxy> {
  const open = new Set<Pair>();
  let current = toxics;
  const accept = (client: Socket): void => {
    const pair = new Pair(client, connect({ host: '127.0.0.1', port: upstreamPort, allowHalfOpen: true }), current);
    open.add(pair);
    client.once('close', () => open.delete(pair));
  };
  let server = await listen(accept, 0);
  const { port } = server.address() as AddressInfo;
  const down = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const pair of open) pair.reset();
    await closed;
  };
  return {
    port,
    setToxics(next) {
      current = next;
    },
    down,
    async up() {
      server = await listen(accept, port);
    },
    [Symbol.asyncDispose]: down,
  };
}

/** Both sides of one connection and the timers in between. */
class Pair {
  readonly client: Socket;
  readonly #server: Socket;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(client: Socket, server: Socket, { downstream = [], upstream = [] }: Toxics) {
    this.client = client;
    this.#server = server;
    client.on('error', () => server.destroy()).once('close', () => this.#end());
    client.once('end', () => this.later(LEAVING_MS, () => this.reset()));
    server.on('error', () => client.destroy());
    this.#flow(client, upstream, server);
    this.#flow(server, downstream, client);
  }

  reset(): void {
    if (!this.client.destroyed) this.client.resetAndDestroy();
    this.#end();
  }

  later(delayMs: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, delayMs);
    this.#timers.add(timer);
  }

  #flow(from: Socket, toxics: readonly Toxic[], to: Socket): void {
    const stages = toxics.map((toxic) => stageOf(toxic, this));
    let last: Socket | Transform = from;
    for (const stage of stages) last = last.pipe(stage);
    last.pipe(to);
  }

  #end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.destroy();
  }
}

function stageOf(toxic: Toxic, pair: Pair): Transform {
  switch (toxic.type) {
    case 'latency':
      return delaying(pair, () => toxic.delayMs);
    case 'bandwidth':
      return delaying(pair, (chunk) => (chunk.length / toxic.bytesPerSecond) * 1_000);
    case 'slow_close':
      return new Transform({ transform: pass, flush: (done) => pair.later(toxic.delayMs, done) });
    case 'timeout':
      return limited(toxic.afterBytes ?? 0, () => {});
    case 'reset_peer':
      return limited(toxic.afterBytes ?? 0, () => pair.later(ARRIVAL_MS, () => pair.reset()));
    case 'slicer':
      return slicing(pair, toxic);
    case 'limit_data':
      return limited(toxic.bytes, (stage) => stage.push(null));
  }
}

function pass(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
  done(null, chunk);
}

function delaying(pair: Pair, delayOf: (chunk: Buffer) => number): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => pair.later(delayOf(chunk), () => done(null, chunk)),
  });
}

/** Passes `bytes` on, then does `spent` once and swallows the rest, the end included. */
function limited(bytes: number, spent: (stage: Transform) => void): Transform {
  let left = bytes;
  let isSpent = false;
  const stage = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (left > 0) this.push(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
      if (left === 0 && !isSpent) {
        isSpent = true;
        spent(stage);
      }
      done();
    },
    // Not called back when the limit was reached: the end is swallowed too.
    flush: (done) => {
      if (!isSpent) done();
    },
  });
  return stage;
}

function slicing(pair: Pair, { bytes, delayMs }: { readonly bytes: number; readonly delayMs: number }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const next = (from: number): void => {
        if (from < chunk.length) {
          this.push(chunk.subarray(from, from + bytes));
          pair.later(delayMs, () => next(from + bytes));
        } else done();
      };
      next(0);
    },
  });
}

function listen(accept: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept);
  return new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)),
  );
}
