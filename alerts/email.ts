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
    // Without it nodemailer takes an answer without STARTTLS for an answer, whoever left it out on the way.
    requireTLS: config.requireTls,
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
    return failed(error, config, secrets);
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

/**
 * 5xx answers to the message are refusals (RFC 5321 section 4.2.1). Those to what comes before it are not: a wrong password, a server without
 * TLS or a login that it misses (530, RFC 4954 section 6) is mended on our side, and the mail still wanted.
 */
function failed(error: unknown, config: EmailChannel, secrets: Secrets): DeliveryOutcome {
  const { responseCode, command } = partsOf(error);
  const detail = secrets.scrub(`${messageOf(error)}${adviceOf(error, config)}`);
  const isRefusal = responseCode >= 500 && responseCode < 600 && responseCode !== 530 && ABOUT_THE_MESSAGE.has(command);
  return isRefusal ? { status: 'rejected', detail } : { status: 'retry', detail };
}

const ABOUT_THE_MESSAGE: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/** What to do about a connection that did not become TLS. */
function adviceOf(error: unknown, { host, port, secure, requireTls }: EmailChannel): string {
  const { responseCode, command, originalCode } = partsOf(error);
  if (isCertificateTrouble(originalCode))
    return ` (nothing was sent to ${host}:${port}: its certificate must hold for that name; a private authority is named with NODE_EXTRA_CA_CERTS)`;
  if (secure || !requireTls || responseCode === 0 || !['STARTTLS', 'EHLO'].includes(command)) return '';
  return ` (nothing was sent to ${host}:${port}, which does not offer TLS: use a port that does, with \`secure: true\` if it is TLS from the first byte, or \`requireTls: false\` to send all readable)`;
}

/** The codes of OpenSSL have no common sign but that they are not of the system (`ECONNRESET`). */
function isCertificateTrouble(code: string): boolean {
  return /CERT|^UNABLE_TO_|^INVALID_CA$|^HOSTNAME_MISMATCH$/.test(code);
}

type ErrorParts = { readonly responseCode: number; readonly command: string; readonly originalCode: string };

function partsOf(error: unknown): ErrorParts {
  const given: Readonly<Record<string, unknown>> = typeof error === 'object' && error !== null ? { ...error } : {};
  return {
    responseCode: Number(given.responseCode ?? 0),
    command: String(given.command ?? ''),
    originalCode: String(given.originalCode ?? ''),
  };
}
