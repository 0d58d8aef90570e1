import type { Socket } from 'node:net';
import { messageOf } from '../core/errors.ts';
import type { Channel, DeliveryOutcome, Notice } from '../core/notice.ts';
import type { Outbound } from '../core/outbound.ts';
import type { EmailChannel } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import { composeMail } from './compose-mail.ts';

/** Sends the notice by SMTP. All mails of an incident share a thread; the Message-ID is the dedup key. */
export function emailChannel(config: EmailChannel, secrets: Secrets, outbound: Outbound): Channel {
  return {
    id: config.id,
    type: 'email',
    deliver: (notice, signal) => send({ config, secrets, outbound }, notice, signal),
  };
}

type Parts = { readonly config: EmailChannel; readonly secrets: Secrets; readonly outbound: Outbound };

async function send(
  { config, secrets, outbound }: Parts,
  notice: Notice,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const login = loginOf(config, secrets);
  if ('problem' in login) return { status: 'retry', detail: login.problem };
  // Loaded with the first mail: most monitors never send one, and each module stays in memory.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: config.host,
    port: config.port,
    secure: config.secure,
    connectionTimeout: config.timeoutMs,
    greetingTimeout: config.timeoutMs,
    socketTimeout: config.timeoutMs,
    getSocket: (_options, done) => {
      openSocket(config, outbound, signal).then(
        (connection) => done(null, { connection }),
        (error: unknown) => done(error instanceof Error ? error : new Error(messageOf(error)), false),
      );
    },
    ...login,
  });
  try {
    const sent = await transport.sendMail({ ...composeMail(notice, config), signal });
    const refused = refusedOf(sent.rejected);
    const detail = secrets.scrub(sent.response);
    if (refused === undefined) return { status: 'accepted', detail };
    return { status: 'accepted', detail: `${detail} (${refused})`, refused };
  } catch (error) {
    return failed(error, secrets);
  } finally {
    transport.close();
  }
}

function openSocket({ host, port, timeoutMs }: EmailChannel, outbound: Outbound, signal: AbortSignal): Promise<Socket> {
  return outbound.connect({ host, port, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
}

/** The server took the mail for some recipients: sending it again would reach those twice, so the others are only told. */
function refusedOf(rejected: readonly (string | { readonly address: string })[]): string | undefined {
  if (rejected.length === 0) return undefined;
  const addresses = rejected.map((one) => (typeof one === 'string' ? one : one.address));
  return `refused for ${addresses.join(', ')}`;
}

type Login = { readonly auth?: { readonly user: string; readonly pass: string } } | { readonly problem: string };

/** A password that is not set today may be set tomorrow; the mail is still wanted. */
function loginOf({ user, password }: EmailChannel, secrets: Secrets): Login {
  if (user === undefined) return {};
  try {
    return { auth: { user, pass: password === undefined ? '' : secrets.resolve(password) } };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** 5xx answers to the message are final (RFC 5321 section 4.2.1), but not to the login: a wrong password is mended on our side and the mail still wanted. */
function failed(error: unknown, secrets: Secrets): DeliveryOutcome {
  const detail = secrets.scrub(messageOf(error));
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
  const command = typeof error === 'object' && error !== null && 'command' in error ? String(error.command) : '';
  const isFinal = code >= 500 && code < 600 && !command.startsWith('AUTH');
  return isFinal ? { status: 'rejected', detail } : { status: 'retry', detail };
}
