import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { serveTcp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { openTcpProxy, type TcpProxy, type Toxics } from './tcp-proxy.ts';

type Heard = { readonly text: string; readonly pieces: number; readonly ending: string; readonly afterMs: number };

/** Says `hello` through the proxy and listens until the connection ends, or `stopAt` was heard. */
function talk({ port }: TcpProxy, stopAt = '\0'): Promise<Heard> {
  return new Promise((resolve) => {
    const began = performance.now();
    const heard = { text: '', pieces: 0 };
    const socket = connect(port, '127.0.0.1', () => socket.write('hello'));
    const tell = (ending: string): void => {
      resolve({ ...heard, ending, afterMs: performance.now() - began });
      socket.destroy();
    };
    socket.on('data', (chunk: Buffer) => {
      heard.text += String(chunk);
      heard.pieces += 1;
      if (heard.text.includes(stopAt)) tell('stopped');
    });
    socket.once('end', () => tell('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code ?? ''));
  });
}

describe('a proxy that spoils', () => {
  let echo: TestServer;
  before(async () => {
    echo = await serveTcp((socket: Socket) =>
      socket.once('data', (chunk: Buffer) => socket.end(`${chunk} 0123456789`)),
    );
  });
  after(() => echo[Symbol.asyncDispose]());

  async function through(toxics: Toxics, stopAt?: string): Promise<Heard> {
    await using proxy = await openTcpProxy(echo.port, toxics);
    return await talk(proxy, stopAt);
  }

  it('nothing: what the server says arrives, and its end', async () => {
    const { text, ending } = await through({});
    assert.deepEqual([text, ending], ['hello 0123456789', 'end']);
  });
  it('time: latency and bandwidth delay, and lose nothing', async () => {
    const late = await through({ downstream: [{ type: 'latency', delayMs: 120 }] });
    assert.ok(late.text === 'hello 0123456789' && late.afterMs >= 115, JSON.stringify(late));
    const slow = await through({ upstream: [{ type: 'bandwidth', bytesPerSecond: 50 }] });
    assert.ok(slow.text === 'hello 0123456789' && slow.afterMs >= 95, JSON.stringify(slow));
  });
  it('the end: slow_close holds it back', async () => {
    const { text, afterMs } = await through({ downstream: [{ type: 'slow_close', delayMs: 120 }] });
    assert.ok(text === 'hello 0123456789' && afterMs >= 115);
  });
  it('the size of pieces: slicer', async () => {
    const { text, pieces } = await through({ downstream: [{ type: 'slicer', bytes: 4, delayMs: 60 }] });
    assert.ok(text === 'hello 0123456789' && pieces >= 3, `${pieces} pieces`);
  });
  it('the rest: limit_data ends in order, reset_peer does not', async () => {
    const cut = await through({ downstream: [{ type: 'limit_data', bytes: 5 }] });
    assert.deepEqual([cut.text, cut.ending], ['hello', 'end']);
    const reset = await through({ downstream: [{ type: 'reset_peer', afterBytes: 5 }] });
    assert.deepEqual([reset.text, reset.ending], ['hello', 'ECONNRESET']);
    const early = await through({ upstream: [{ type: 'reset_peer' }] });
    assert.deepEqual([early.text, early.ending], ['', 'ECONNRESET']);
  });
  it('everything: timeout passes on what it was told to, and then neither data nor the end', async () => {
    await using proxy = await openTcpProxy(echo.port, { downstream: [{ type: 'timeout', afterBytes: 5 }] });
    const { text, ending } = await talk(proxy, 'hello');
    assert.deepEqual([text, ending], ['hello', 'stopped']);
    proxy.setToxics({ downstream: [{ type: 'timeout' }] });
    const silent = talk(proxy);
    const first = await Promise.race([silent, new Promise((resolve) => setTimeout(resolve, 150, 'still silent'))]);
    assert.equal(first, 'still silent');
    await proxy.down();
    assert.equal((await silent).ending, 'ECONNRESET');
  });
  it('the listener: down refuses, up is on the same port again', async () => {
    await using proxy = await openTcpProxy(echo.port);
    await proxy.down();
    assert.equal((await talk(proxy)).ending, 'ECONNREFUSED');
    await proxy.up();
    assert.equal((await talk(proxy)).text, 'hello 0123456789');
  });
});
