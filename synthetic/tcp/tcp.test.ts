import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import {
  type ContextInput,
  deadline,
  measureOf,
  type Outcome,
  runKind,
  secretsOf,
  verdictLine,
} from '../net/testing/context.ts';
import { makePki } from '../net/testing/pki.ts';
import { blackHole, closedPort, serveTcp, serveTls } from '../net/testing/servers.ts';
import { type TcpInput, tcpSchema } from './arguments.ts';
import { tcpKind } from './kind.ts';

const pki = await makePki();
after(() => pki[Symbol.dispose]());

function probe(port: number, input: Omit<TcpInput, 'port'> = {}, context: ContextInput = {}): Promise<Outcome> {
  return runKind(tcpKind, { port, host: '127.0.0.1', ...input }, { baseFolder: pki.folder, ...context });
}

/** A server that answers lines by a script. */
function dialogue(socket: Socket, answers: Readonly<Record<string, string>>): void {
  socket.write('220 ready\r\n');
  socket.on('data', (chunk: Buffer) => {
    const answer = answers[chunk.toString().trim()];
    if (answer !== undefined) socket.write(answer);
  });
}

test('accepting a connection is enough when nothing else is asked', async () => {
  await using server = await serveTcp(() => {});
  const outcome = await probe(server.port);
  assert.equal(verdictLine(outcome), 'passed');
  assert.ok((measureOf(outcome, 'phase.connect') ?? -1) >= 0);
  assert.ok((measureOf(outcome, 'total') ?? -1) >= 0);
});

test('the host of the target is the default', async () => {
  await using server = await serveTcp(() => {});
  const outcome = await runKind(tcpKind, { port: server.port }, { target: { baseUrl: 'http://localhost:1/' } });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.facts.remoteAddress, '127.0.0.1');
});

test('several steps, by text, by pattern, with a secret', async () => {
  await using server = await serveTcp((socket) =>
    dialogue(socket, { 'LOGIN hunter2-hunter2': 'welcome\r\nextra ', PING: 'PONG 7\r\n' }),
  );
  const outcome = await probe(
    server.port,
    {
      exchange: [
        { expect: /^220 / },
        { send: { secret: 'LOGIN', from: 'environment' }, expect: 'welcome' },
        { send: 'PING\r\n', expect: /PONG (\d+)/ },
      ],
    },
    { secrets: secretsOf({ LOGIN: 'LOGIN hunter2-hunter2' }) },
  );
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.evidence.answers?.seen, 3);
  assert.ok((measureOf(outcome, 'phase.exchange') ?? 0) > 0);
  assert.doesNotMatch(JSON.stringify(outcome), /hunter2/);
});

test('an answer that arrives in pieces is one answer', async () => {
  await using server = await serveTcp((socket) => {
    socket.setNoDelay(true);
    socket.write('+PO', () => setImmediate(() => socket.write('NG\r\n')));
  });
  assert.equal(verdictLine(await probe(server.port, { exchange: [{ expect: '+PONG' }] })), 'passed');
});

test('each step looks only at what came after the step before', async () => {
  await using server = await serveTcp((socket) => dialogue(socket, { A: 'one\r\n' }));
  const outcome = await probe(server.port, {
    exchange: [{ expect: 'ready' }, { send: 'A\r\n', expect: 'one' }, { expect: 'ready' }],
    phaseTimeouts: { answer: 1_500 },
  });
  assert.match(
    verdictLine(outcome),
    /^failed: expected an answer with 'ready', got exchange: .*after 1\.5 s .*; nothing more arrived$/,
  );
});

test('a wrong answer, none, and a hang-up say what was waited for and what came', async () => {
  await using wrong = await serveTcp((socket) => socket.end('-ERR hunter2-hunter2\r\n'));
  const context = { secrets: secretsOf({ P: 'hunter2-hunter2' }) };
  const hungUp = verdictLine(await probe(wrong.port, { exchange: [{ expect: '+OK' }] }, context));
  assert.match(
    hungUp,
    /^failed: expected an answer with '\+OK', got exchange: the connection was closed before .*'-ERR \[secret P\]' arrived/,
  );
  const { signal, pass } = deadline();
  await using silent = await serveTcp((socket) => socket.once('data', pass));
  const none = verdictLine(await probe(silent.port, { exchange: [{ send: 'x', expect: /x/ }] }, { signal }));
  assert.match(
    none,
    /^failed: expected an answer with \/x\/, got exchange: .*not come in time – after 20 s \(DEADLINE\); nothing more arrived$/,
  );
  await using reset = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
  assert.match(
    verdictLine(await probe(reset.port, { exchange: [{ send: 'x', expect: 'y' }] })),
    /^failed: .*\(ECONNRESET\)/,
  );
});

test('no more is read than allowed', async () => {
  await using server = await serveTcp((socket) => {
    const pour = (): void => {
      while (socket.writable && socket.write('x'.repeat(10_000)));
    };
    socket.on('drain', pour);
    pour();
  });
  const line = verdictLine(await probe(server.port, { exchange: [{ expect: 'needle' }], readLimit: 1_000 }));
  assert.match(line, /^failed: .*the expected answer is not in what may be read – after 1000 bytes/);
});

test("a pattern that takes too long is the configuration's fault", async () => {
  await using server = await serveTcp((socket) => socket.write(`${'a'.repeat(60)}!`));
  const line = verdictLine(await probe(server.port, { exchange: [{ expect: /^(a+)+$/ }] }));
  assert.match(line, /^inconclusive: config-invalid .*takes too long/);
});

test('TLS from the start, and its certificate', async () => {
  await using server = await serveTls(pki.valid, (socket) => socket.write('hello'));
  const tls = { ca: 'root.pem', serverName: 'localhost' };
  const outcome = await probe(server.port, { tls, exchange: [{ expect: 'hello' }] });
  assert.equal(verdictLine(outcome), 'passed');
  assert.ok((measureOf(outcome, 'phase.tls') ?? 0) > 0);
  assert.ok((measureOf(outcome, 'certificate_time_left') ?? 0) > 0);
  const untrusted = await probe(server.port, { tls: true });
  assert.match(verdictLine(untrusted), /^failed: expected a valid certificate/);
  assert.ok((measureOf(untrusted, 'certificate_time_left') ?? 0) > 0);
  const insecure = await probe(server.port, { tls: { insecure: true } });
  assert.equal(verdictLine(insecure), 'passed');
  assert.equal(insecure.observation.facts.insecure, 'true');
});

test('a change to TLS in the middle', async () => {
  await using server = await serveTcp((socket) => {
    socket.write('220 plain\r\n');
    socket.once('data', () => {
      socket.write('220 go\r\n', () => {
        const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pki.valid) });
        secure.on('error', () => {});
        secure.on('data', (chunk: Buffer) => secure.write(`secret ${chunk}`));
      });
    });
  });
  const outcome = await probe(server.port, {
    tls: { ca: 'root.pem', serverName: 'localhost' },
    exchange: [
      { expect: '220 plain' },
      { send: 'STARTTLS\r\n', expect: '220 go\r\n' },
      { startTls: true },
      { send: 'EHLO', expect: 'secret EHLO' },
    ],
  });
  assert.equal(verdictLine(outcome), 'passed');
  assert.equal(outcome.observation.facts.certificateSubject, 'localhost');
});

test('refused, swallowed and forbidden connections', async () => {
  assert.match(
    verdictLine(await probe(await closedPort())),
    /^failed: expected an accepted connection, got connect: the connection was refused/,
  );
  await using hole = await blackHole();
  assert.match(
    verdictLine(await probe(hole.port, { phaseTimeouts: { connect: 150 } })),
    /^failed: .*connect: nothing answered in time/,
  );
  assert.match(verdictLine(await probe(80, { host: '169.254.169.254' })), /^inconclusive: not-allowed/);
  assert.match(verdictLine(await probe(80, { host: '[::ffff:169.254.169.254]' })), /^inconclusive: not-allowed/);
});

test('the socket is closed when the run ends, whatever happened', async () => {
  const closed: Promise<void>[] = [];
  await using server = await serveTcp((socket) => {
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    socket.resume();
  });
  await probe(server.port, { exchange: [{ expect: 'never' }], phaseTimeouts: { answer: 50 } });
  await probe(server.port);
  await Promise.all(closed);
  assert.equal(closed.length, 2);
  connect(server.port, '127.0.0.1')
    .on('error', () => {})
    .destroy();
});

test('bad options are refused', () => {
  for (const input of [
    {},
    { port: 0 },
    { port: 1, host: 'http://x' },
    { port: 1, exchange: [{}] },
    { port: 1, exchange: [{ expect: '' }] },
    { port: 1, nonsense: 1 },
  ])
    assert.equal(tcpSchema.safeParse(input).success, false, JSON.stringify(input));
});
