import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Attempt } from './attempt.ts';
import { type CertificateFacts, certificateFacts } from './certificates.ts';
import { codeOf, Trouble } from './trouble.ts';

type SecureInput = {
  readonly socket: Socket;
  /** The name the certificate must be for, and what is asked for by SNI unless it is an address. */
  readonly serverName: string;
  readonly context: SecureContext;
  readonly timeoutMs?: number;
  readonly protocols?: readonly string[];
};

/** What a finished handshake says. The certificate is known even when it was not accepted. */
export type Secured = {
  readonly socket: TLSSocket;
  readonly version: string;
  readonly cipher: string;
  readonly certificate?: CertificateFacts;
  /** Why the certificate is not valid, in OpenSSL's code, e.g. `CERT_HAS_EXPIRED`; absent when it is. */
  readonly problem?: { readonly code: string; readonly detail: string };
};

/**
 * A fresh handshake, never a resumed one, so that its time is the time of a new visitor. It does not end at a bad certificate:
 * the caller judges, because days left must be known then too. Nothing may be sent before that judgement.
 */
export function handshake(attempt: Attempt, input: SecureInput): Promise<Secured> {
  const { socket, serverName, context, timeoutMs } = input;
  const isAddress = isIP(serverName) !== 0;
  return attempt.during<Secured>(
    'tls',
    (settle) => {
      let seen: PeerCertificate | undefined;
      let mismatch = '';
      const secure = attempt.own(
        connect({
          socket,
          host: serverName,
          servername: isAddress ? '' : serverName,
          secureContext: context,
          rejectUnauthorized: false,
          ALPNProtocols: [...(input.protocols ?? ['http/1.1'])],
          // Node hands over the chain it has parsed; asking for it again would double the cost.
          checkServerIdentity: (_host, certificate) => {
            seen = certificate;
            const problem = checkServerIdentity(serverName, certificate);
            mismatch = problem?.message ?? '';
            return problem;
          },
        }),
      );
      secure.once('secureConnect', () => settle.done(describe(secure, seen, mismatch)));
      secure.once('error', (error) => settle.fail(new Trouble('tls', codeOf(error), reasonOf(error), error)));
      secure.once('close', () => {
        if (settle.isOpen()) settle.fail(new Trouble('tls', 'ENDED', 'the server closed the connection'));
      });
      return undefined;
    },
    timeoutMs,
  );
}

function describe(secure: TLSSocket, seen: PeerCertificate | undefined, mismatch: string): Secured {
  const leaf = isDetailed(seen) ? seen : secure.getPeerCertificate(true);
  const certificate = certificateFacts(leaf);
  return {
    socket: secure,
    version: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    ...(certificate === undefined ? {} : { certificate }),
    ...(secure.authorized ? {} : { problem: problemOf(secure.authorizationError, leaf, mismatch) }),
  };
}

/** Node's types say `Error`; what is there is the code as text, and `UNSPECIFIED` for a key that OpenSSL finds too small. */
function problemOf(
  error: unknown,
  { modulus, bits }: PeerCertificate,
  mismatch: string,
): { readonly code: string; readonly detail: string } {
  const code = typeof error === 'string' ? error : codeOf(error);
  const isSmall = bits !== undefined && bits < (modulus === undefined ? 224 : 2_048);
  if (code === 'UNSPECIFIED' && isSmall) return { code: 'EE_KEY_TOO_SMALL', detail: `a key of ${bits} bits` };
  return { code, detail: mismatch };
}

/** OpenSSL's reason without its source file and line, e.g. `wrong version number`. */
function reasonOf(error: Error): string {
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined;
  return reason ?? error.message.split('\n')[0] ?? '';
}

function isDetailed(certificate: PeerCertificate | undefined): certificate is DetailedPeerCertificate {
  return certificate !== undefined && 'issuerCertificate' in certificate;
}
