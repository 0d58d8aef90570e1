import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../core/fault.ts';
import { type ContextInput, deadline, measureOf, type Outcome, runKind, verdictLine } from '../net/testing/context.ts';
import { blackHole, closedPort, serveHttp, serveRaw, serveTcp, type TestServer } from '../net/testing/servers.ts';
import type { HttpInput } from './arguments.ts';
import { httpKind } from './kind.ts';

function probe(
  { port }: { readonly port: number },
  input: HttpInput = {},
  context: ContextInput = {},
): Promise<Outcome> {
  return runKind(httpKind, input, { target: { baseUrl: `http://127.0.0.1:${port}` }, ...context });
}

async function lineAgainst(server: TestServer, input: HttpInput = {}, context: ContextInput = {}): Promise<string> {
  await using open = server;
  return verdictLine(await probe(open, input, context));
}

test("a refused connection is the target's", async () => {
  const line = verdictLine(await probe({ port: await closedPort() }));
  assert.match(
    line,
    /^failed: expected an answer, got connect: the connection was refused – 127.0.0.1:\d+ \(ECONNREFUSED\)/,
  );
});

test('a connection closed or reset before the answer names that phase', async () => {
  const closed = await lineAgainst(await serveTcp((socket) => socket.once('data', () => socket.end())));
  assert.match(closed, /^failed: .*first_byte: the connection was closed – before the answer began/);
  const reset = await lineAgainst(await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
  assert.match(reset, /^failed: .*first_byte: the connection was closed – before the answer began \(ECONNRESET\)/);
});

test('a connection reset in the middle of the head names that', async () => {
  const line = await lineAgainst(await serveRaw('HTTP/1.1 200 OK\r\ncontent-ty', (socket) => socket.end()));
  assert.match(line, /^failed: .*first_byte: the connection was closed – in the middle of the head, after 27 bytes/);
});

test('a connection reset in the middle of the body names that', async () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello';
  const line = await lineAgainst(await serveRaw(head, (socket) => socket.end()));
  assert.match(line, /^failed: .*transfer: the connection was closed in the middle of the body/);
});

test('a server that accepts and says nothing fails in the phase of the first byte', async () => {
  const { signal, pass } = deadline();
  const line = await lineAgainst(await serveTcp((socket) => socket.once('data', pass)), {}, { signal });
  assert.match(line, /^failed: .*first_byte: the answer did not begin in time – after 20 s \(DEADLINE\)/);
  const own = await lineAgainst(await serveTcp(() => {}), { phaseTimeouts: { firstByte: '100ms' } });
  assert.match(own, /^failed: .*first_byte: the answer did not begin in time – after 100 ms \(PHASE_TIMEOUT\)/);
});

test('a port that swallows what is sent to it fails as a connect timeout', async () => {
  await using hole = await blackHole();
  const line = verdictLine(await probe(hole, { phaseTimeouts: { connect: 200 } }));
  assert.match(line, /^failed: .*connect: nothing answered in time – after 200 ms \(PHASE_TIMEOUT\)/);
  const late = verdictLine(await probe(hole, {}, { timeoutMs: 150 }));
  assert.match(late, /^failed: .*connect: nothing answered in time – after 150 ms \(DEADLINE\)/);
});

test('headers that trickle end at the deadline', async () => {
  const { signal, pass } = deadline();
  const server = await serveTcp((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x: y\r\n'), 5);
    socket.once('data', () => setTimeout(pass, 50)).once('close', () => clearInterval(timer));
  });
  const line = await lineAgainst(server, {}, { signal });
  assert.match(line, /^failed: .*first_byte: the answer did not begin in time – after 20 s/);
});

test('a body that trickles ends at the deadline', async () => {
  const server = await serveHttp((_request, response) => {
    const timer = setInterval(() => response.write('x'), 10);
    response.once('close', () => clearInterval(timer));
  });
  const line = await lineAgainst(server, {}, { timeoutMs: 1_500 });
  assert.match(line, /^failed: .*transfer: the body did not end in time – after 1\.5 s/);
});

test('garbage, HTTP/0.9, bad chunks and NUL are answers that are not HTTP', async () => {
  const garbage = [
    '\u0000\u0001\u0002garbage\r\n\r\n',
    '<html>an answer of HTTP/0.9</html>',
    'HTTP/9.9 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n',
  ];
  for (const bytes of garbage)
    assert.match(
      await lineAgainst(await serveRaw(bytes)),
      /^failed: .*first_byte: the answer is not HTTP/,
      JSON.stringify(bytes),
    );
  const chunk = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello';
  assert.match(
    await lineAgainst(await serveRaw(chunk)),
    /^failed: .*the answer is not HTTP .*\(HPE_INVALID_CHUNK_SIZE\)/,
  );
});

test('a flood of headers is cut at 64 KiB', async () => {
  const line = await lineAgainst(
    await serveTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const flood = (): void => {
        while (socket.writable && socket.write(`x-flood: ${'y'.repeat(8_000)}\r\n`));
      };
      socket.on('drain', flood);
      flood();
    }),
  );
  assert.match(line, /^failed: .*first_byte: the head of the answer is too large/);
});

test('header text that a target made up cannot write lines of its own', async () => {
  await using server = await serveRaw(
    'HTTP/1.1 200 OK\r\ncontent-type: a\u0085b\u009b31m\r\ncontent-length: 2\r\n\r\nok',
  );
  const { observation } = await probe(server, { expect: { headers: { 'content-type': 'x' } } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.doesNotMatch(JSON.stringify(observation), /[\u0000-\u001f\u007f-\u009f]/);
});

test('an endless body is cut at its limit and the run is marked', async () => {
  await using server = await serveHttp((_request, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', pour);
    pour();
  });
  const outcome = await probe(server, { bodyLimit: '100KiB' });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(measureOf(outcome, 'body_bytes'), 102_400);
  assert.deepEqual(outcome.observation.taints, ['output-truncated']);
  const needle = await probe(server, { bodyLimit: '100KiB', expect: { body: { contains: 'needle' } } });
  assert.match(verdictLine(needle), /^inconclusive: config-invalid .*'bodyLimit'/);
  const absent = await probe(server, {
    bodyLimit: '100KiB',
    expect: { body: { notContains: 'needle', json: [{ path: '$', exists: true }] } },
  });
  assert.match(verdictLine(absent), /^inconclusive: config-invalid/);
});

test('a protocol change nobody asked for is not an answer', async () => {
  const line = await lineAgainst(
    await serveRaw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  );
  assert.match(line, /^failed: .*first_byte: /);
});

test('hints before the answer are passed over', async () => {
  const line = await lineAgainst(
    await serveRaw('HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  );
  assert.equal(line, 'passed');
});

test('a cancelled run says who cancelled it, and does not blame the target', async () => {
  const cancel = new AbortController();
  await using server = await serveTcp((socket) =>
    socket.once('data', () => cancel.abort(fault('cancelled', 'by hand'))),
  );
  const outcome = await probe(server, {}, { signal: cancel.signal });
  assert.equal(verdictLine(outcome), 'inconclusive: cancelled (operator) by hand');
});

test('a run cancelled before it began does nothing', async () => {
  await using server = await serveHttp((_request, response) => response.end('ok'));
  const outcome = await probe(server, {}, { signal: AbortSignal.abort(fault('shutdown', 'stopping')) });
  assert.equal(verdictLine(outcome), 'inconclusive: shutdown (operator) stopping');
  assert.equal(server.connections(), 0);
});
