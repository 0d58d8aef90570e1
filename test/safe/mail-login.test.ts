import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { makeChannel } from '../../alerts/make-channel.ts';
import { makeNotice } from '../../alerts/testing/notice.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import type { DeliveryOutcome } from '../../core/notice.ts';
import type { EmailChannel } from '../../core/plan.ts';
import type { Secrets } from '../../core/secret.ts';
import { openOutbound } from '../../outbound/open-outbound.ts';
import { makePki, type Pki } from '../../synthetic/net/testing/pki.ts';

const PASSWORD = 'correct-horse-battery';
const secrets: Secrets = {
  resolve: () => PASSWORD,
  scrub: (text) => text,
  scrubBytes: (bytes) => bytes,
  known: () => new Map(),
};
const outbound = openOutbound({ refusal: () => undefined });
const never = new AbortController().signal;

describe('a mail with a password', () => {
  const password = { secret: 'TOKEN', from: 'environment' } as const;
  let pki: Pki;
  before(async () => {
    pki = await makePki();
  });
  after(() => pki[Symbol.dispose]());

  /** `readable` is every byte as somebody on the way sees it; `seen` is what the server understood. */
  async function converse(
    options: SMTPServerOptions,
    config: Partial<EmailChannel> = {},
  ): Promise<{ readonly outcome: DeliveryOutcome; readonly readable: string; readonly seen: readonly string[] }> {
    const seen: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      key: pki.valid.key,
      cert: pki.valid.cert,
      onAuth: (auth, _session, done) => {
        seen.push(`login ${auth.password === PASSWORD}`);
        done(null, { user: 'u' });
      },
      onData: (stream, session, done) => {
        stream.resume();
        stream.on('end', () => {
          seen.push(session.secure ? 'mail by TLS' : 'mail readable');
          done();
        });
      },
      ...options,
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let readable = '';
    const wire = createServer((socket) => {
      const { port } = server.server.address() as AddressInfo;
      const onward = connect(port, '127.0.0.1');
      socket.on('data', (part) => {
        readable += part.toString('latin1');
      });
      socket.on('error', () => {});
      onward.on('error', () => {});
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => void wire.listen(0, '127.0.0.1', resolve));
    const { port } = wire.address() as AddressInfo;
    const outcome = await makeChannel(
      {
        type: 'email',
        id: 'team',
        host: 'localhost',
        port,
        secure: false,
        requireTls: true,
        user: 'u',
        password,
        from: 'vigie@example.org',
        to: ['team@example.org'],
        timeoutMs: 3_000,
        ...config,
      },
      secrets,
      outbound,
      new FakeClock(),
    ).deliver(makeNotice('team'), never);
    await new Promise((resolve) => wire.close(resolve));
    await new Promise<void>((resolve) => server.close(resolve));
    return { outcome, readable, seen };
  }

  function trustRoot(): Disposable {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, pki.root]);
    return { [Symbol.dispose]: () => setDefaultCACertificates(before) };
  }

  function assertNothingWasSent({ outcome, readable, seen }: Awaited<ReturnType<typeof converse>>): void {
    assert.equal(outcome.status, 'retry');
    assert.deepEqual(seen, []);
    assert.doesNotMatch(readable, /AUTH|MAIL FROM|team@/);
    assert.ok(!readable.includes(Buffer.from(PASSWORD).toString('base64')));
  }

  it('sends nothing to a server without STARTTLS, is tried again and says what to do', async () => {
    const sent = await converse({ disabledCommands: ['STARTTLS'] });
    assertNothingWasSent(sent);
    assert.match(sent.outcome.detail, /does not offer TLS.*`secure: true`.*`requireTls: false`/);
  });
  it('sends nothing to a server that knows no EHLO', async () => {
    const sent = await converse({ disabledCommands: ['EHLO'] });
    assertNothingWasSent(sent);
    assert.match(sent.outcome.detail, /does not offer TLS/);
  });
  it('sends nothing when STARTTLS is there but nobody may trust the certificate', async () => {
    const sent = await converse({});
    assertNothingWasSent(sent);
    assert.match(sent.outcome.detail, /certificate.*NODE_EXTRA_CA_CERTS/);
  });
  it('sends nothing when the certificate is of another host', async () => {
    using _ = trustRoot();
    const sent = await converse({ key: pki.wrongHost.key, cert: pki.wrongHost.cert });
    assertNothingWasSent(sent);
    assert.match(sent.outcome.detail, /certificate must hold for that name/);
  });
  it('logs in and sends by TLS, also when somebody on the way hides STARTTLS', async () => {
    using _ = trustRoot();
    for (const hideSTARTTLS of [false, true]) {
      const { outcome, readable, seen } = await converse({ hideSTARTTLS });
      assert.equal(outcome.status, 'accepted', outcome.detail);
      assert.deepEqual(seen, ['login true', 'mail by TLS']);
      assert.doesNotMatch(readable, /AUTH|MAIL FROM/);
    }
  });
  it('needs no TLS when the configuration says so', async () => {
    const { outcome, seen } = await converse({ disabledCommands: ['STARTTLS'] }, { requireTls: false });
    assert.equal(outcome.status, 'accepted');
    assert.deepEqual(seen, ['login true', 'mail readable']);
  });
  it('takes a server that asks for a login first for one that is set up wrongly, not for one that refuses the mail', async () => {
    const { outcome } = await converse(
      {
        disabledCommands: ['STARTTLS'],
        onMailFrom: (_address, _session, done) =>
          done(Object.assign(new Error('authentication required'), { responseCode: 530 })),
      },
      { requireTls: false },
    );
    assert.equal(outcome.status, 'retry');
  });
});
