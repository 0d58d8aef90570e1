import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSilentServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { VigieError } from '../core/errors.ts';
import { FakeClock } from '../core/fake-clock.ts';
import type { DeliveryOutcome } from '../core/notice.ts';
import type { EmailChannel, WebhookChannel } from '../core/plan.ts';
import { makeRedactor } from '../core/redact.ts';
import type { Secrets } from '../core/secret.ts';
import { openOutbound } from '../outbound/open-outbound.ts';
import { composeMail } from './compose-mail.ts';
import { makeChannel } from './make-channel.ts';
import { makeNotice } from './testing/notice.ts';

const PASSWORD = 'correct-horse-battery';
const redactor = makeRedactor(new Map([['TOKEN', PASSWORD]]));
const secrets: Secrets = {
  resolve({ secret }) {
    if (secret === 'NOT_SET') throw new VigieError('secret-missing', `the secret '${secret}' is not set`);
    return PASSWORD;
  },
  scrub: redactor.scrub,
  scrubBytes: redactor.scrubBytes,
  known: () => new Map(),
};
const outbound = openOutbound({ refusal: () => undefined });
/** Far from the real time, which must not matter. */
const clock = new FakeClock(Date.UTC(2026, 10, 6, 8, 49, 37));
const never = new AbortController().signal;

describe('a webhook', () => {
  const seen: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  let answer = (response: ServerResponse): void => void response.end('ok');
  let server: Server;
  before(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());

  async function deliver(more: Partial<WebhookChannel> = {}): Promise<DeliveryOutcome> {
    const { port } = server.address() as AddressInfo;
    const config: WebhookChannel = {
      type: 'webhook',
      id: 'ops',
      url: `http://127.0.0.1:${port}/hook`,
      headers: { authorization: { secret: 'TOKEN', from: 'environment' } },
      timeoutMs: 2_000,
      ...more,
    };
    return makeChannel(config, secrets, outbound, clock).deliver(makeNotice('ops'), never);
  }

  it('posts the notice as JSON with its dedup key and secret headers', async () => {
    assert.deepEqual(await deliver(), { status: 'accepted', detail: 'HTTP 200' });
    const last = seen.at(-1);
    const body: unknown = JSON.parse(last?.body ?? '');
    assert.equal(last?.headers.authorization, PASSWORD);
    assert.ok(
      typeof body === 'object' && body !== null && 'id' in body && body.id === last?.headers['idempotency-key'],
    );
    assert.ok('severity' in body && body.severity === 'P2');
  });
  for (const [status, expected] of [
    [204, 'accepted'],
    [400, 'rejected'],
    [404, 'rejected'],
    [408, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [302, 'retry'],
  ] as const) {
    it(`takes ${status} as ${expected}`, async () => {
      answer = (response) => void response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      assert.equal((await deliver()).status, expected);
    });
  }
  it('takes 410 as the end of the channel', async () => {
    answer = (response) => void response.writeHead(410).end();
    const outcome = await deliver();
    assert.deepEqual([outcome.status, 'isFinal' in outcome && outcome.isFinal], ['rejected', true]);
    answer = (response) => void response.writeHead(404).end();
    assert.deepEqual(await deliver(), { status: 'rejected', detail: 'HTTP 404' });
  });
  it('honours Retry-After in seconds, up to an hour', async () => {
    answer = (response) => void response.writeHead(429, { 'retry-after': '120' }).end();
    assert.deepEqual(await deliver(), { status: 'retry', detail: 'HTTP 429', retryAfterMs: 120_000 });
    answer = (response) => void response.writeHead(429, { 'retry-after': '999999' }).end();
    assert.deepEqual(await deliver(), { status: 'retry', detail: 'HTTP 429', retryAfterMs: 3_600_000 });
  });
  for (const [retryAfter, date, expectedMs] of [
    // Relative to the receiver's own clock, however wrong it is.
    ['Sun, 06 Nov 1994 08:51:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 120_000],
    ['Sunday, 06-Nov-94 08:51:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 120_000],
    ['Sun Nov  6 08:51:37 1994', 'Sun, 06 Nov 1994 08:49:37 GMT', 120_000],
    ['Sun Nov 16 08:51:37 1994', 'Sun, 06 Nov 1994 08:49:37 GMT', 3_600_000],
    ['Fri, 06 Nov 2026 08:51:37 GMT', 'Friday, 06-Nov-26 08:50:37 GMT', 60_000],
    // To ours when it does not tell its own, or tells no date.
    ['Fri, 06 Nov 2026 08:51:37 GMT', undefined, 120_000],
    ['Fri, 06 Nov 2026 08:51:37 GMT', 'today', 120_000],
    // A year of two digits is the latest one that is at most 50 years ahead: 2075 and 1977.
    ['Wednesday, 06-Nov-75 08:49:37 GMT', undefined, 3_600_000],
    ['Sunday, 06-Nov-77 08:49:37 GMT', undefined, 0],
    ['Thu, 05 Nov 2026 00:00:00 GMT', undefined, 0],
    ['Fri, 06 Nov 2026 23:59:59 GMT', undefined, 3_600_000],
    ['Fri, 06 Nov 2026 08:49:60 GMT', undefined, 23_000],
    ['0', undefined, 0],
    [' 7 ', undefined, 7_000],
    ['99999999999999', undefined, 3_600_000],
    ['-1', undefined, undefined],
    ['1.5', undefined, undefined],
    ['soon', undefined, undefined],
    ['', undefined, undefined],
    ['2026-11-06T08:51:37Z', undefined, undefined],
    ['Fri, 31 Feb 2026 08:51:37 GMT', undefined, undefined],
    ['Fri, 06 Nov 2026 25:51:37 GMT', undefined, undefined],
    ['Fri, 06 Nov 2026 08:51:37 CET', undefined, undefined],
    ['Fri, 06 Nov 2026 08:51:37', undefined, undefined],
  ] as const) {
    it(`waits ${expectedMs ?? 'as long as it likes'} ms for Retry-After '${retryAfter}' when it is ${date ?? 'our time'} there`, async () => {
      answer = (response) => {
        response.sendDate = false;
        response.writeHead(503, { 'retry-after': retryAfter, ...(date === undefined ? {} : { date }) }).end();
      };
      const outcome = await deliver();
      assert.equal('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined, expectedMs);
    });
  }
  it('tries again when nobody listens, and never tells a secret in its address', async () => {
    const outcome = await deliver({ url: `http://127.0.0.1:1/${PASSWORD}` });
    assert.equal(outcome.status, 'retry');
    assert.doesNotMatch(outcome.detail, new RegExp(PASSWORD));
  });
  it('gives up a receiver that accepts and then says nothing', async () => {
    answer = () => {};
    assert.equal((await deliver({ timeoutMs: 100 })).status, 'retry');
  });
});

describe('a mail', () => {
  const mails: string[] = [];
  let refuse: number | undefined;
  let server: SMTPServer;
  before(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) =>
        auth.password === PASSWORD
          ? done(null, { user: 'u' })
          : done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
      onRcptTo: ({ address }, _session, done) =>
        refuse === undefined && !address.startsWith('gone')
          ? done()
          : done(Object.assign(new Error('no such user'), { responseCode: refuse ?? 550 })),
      onData: (stream, _session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          mails.push(Buffer.concat(parts).toString());
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => new Promise<void>((resolve) => server.close(resolve)));

  async function deliver(more: Partial<EmailChannel> = {}, signal = never): Promise<DeliveryOutcome> {
    const { port } = server.server.address() as AddressInfo;
    const config: EmailChannel = {
      type: 'email',
      id: 'team',
      host: '127.0.0.1',
      port,
      secure: false,
      requireTls: false,
      from: 'vigie@example.org',
      to: ['team@example.org'],
      timeoutMs: 3_000,
      ...more,
    };
    return makeChannel(config, secrets, outbound, clock).deliver(makeNotice('team'), signal);
  }

  it('goes through a real SMTP server with severity in its subject and the dedup key as its id', async () => {
    assert.equal((await deliver()).status, 'accepted');
    const mail = mails.at(-1) ?? '';
    assert.match(mail, /^Subject: \[P2\] FAILING Home page \(production\)/m);
    assert.match(mail, /^Message-ID: <inc-.*\.opened\.team@vigie>/m);
    assert.match(mail, /Runbook: {3}https:\/\/wiki\.example\/home/);
  });
  it('is refused by a 550, but not for good, and tried again after a 451', async () => {
    refuse = 550;
    const refused = await deliver();
    assert.deepEqual([refused.status, 'isFinal' in refused], ['rejected', false]);
    refuse = 451;
    assert.equal((await deliver()).status, 'retry');
    refuse = undefined;
  });
  it('logs in with the secret, and keeps trying when the login is refused', async () => {
    const password = { secret: 'TOKEN', from: 'environment' } as const;
    assert.equal((await deliver({ user: 'u', password })).status, 'accepted');
    const wrong: Secrets = { ...secrets, resolve: () => 'wrong-password' };
    const { port } = server.server.address() as AddressInfo;
    const config: EmailChannel = {
      type: 'email',
      id: 'team',
      host: '127.0.0.1',
      port,
      secure: false,
      requireTls: false,
      user: 'u',
      password,
      from: 'a@b.example',
      to: ['c@d.example'],
      timeoutMs: 3_000,
    };
    assert.equal(
      (await makeChannel(config, wrong, outbound, clock).deliver(makeNotice('team'), never)).status,
      'retry',
    );
  });
  it('says which recipients were refused when others were not', async () => {
    const sent = await deliver({ to: ['team@example.org', 'gone@example.org'] });
    assert.equal(sent.status, 'accepted');
    assert.match(sent.detail, /refused for gone@example\.org/);
    assert.equal('refused' in sent && sent.refused, 'refused for gone@example.org');
  });
  it('is tried again when its password is not set', async () => {
    const outcome = await deliver({ user: 'u', password: { secret: 'NOT_SET', from: 'environment' } });
    assert.equal(outcome.status, 'retry');
    assert.match(outcome.detail, /NOT_SET/);
  });
  it('ends when it is told to, also in the middle of a conversation', async () => {
    const silent = createSilentServer();
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const stop = new AbortController();
    silent.once('connection', () => stop.abort());
    assert.equal((await deliver({ port, timeoutMs: 60_000 }, stop.signal)).status, 'retry');
    await new Promise((resolve) => silent.close(resolve));
  });
  it('is tried again when the server is away', async () => assert.equal((await deliver({ port: 1 })).status, 'retry'));
  it('does not let the text of a target break its headers', () => {
    const check = { ...makeNotice('team').content.check, name: 'x\r\nBcc: all@example.org' };
    const { subject } = composeMail(makeNotice('team', { check }), { from: 'a@b.example', to: ['c@d.example'] });
    assert.doesNotMatch(String(subject), /[\r\n]/);
  });
});
