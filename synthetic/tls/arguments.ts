import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import {
  addresses,
  family,
  host,
  minVersion,
  oneOrMany,
  pattern,
  port,
  refuseUndefined,
  servers,
  tlsShape,
} from '../net/schema.ts';

const phaseLimit = duration({ least: 1, most: 600_000 }).optional();

/** What must hold for the handshake and its certificate. */
const expect = z
  .strictObject({
    /** Least number of days until the first certificate of the chain that is not a root ends. Default 14. Example `21`. */
    daysLeft: z.number().min(0).max(3_650).default(14).describe('Least days until a certificate of the chain ends.'),
    /** Host names or addresses the certificate must list; `'*.example.org'` means that very entry. */
    names: oneOrMany(z.string().min(1).max(253)).optional().describe('Names the certificate must list.'),
    /** Who must have issued the certificate: its common name, or a pattern for it. Example `/^R\d+$/`. */
    issuer: z
      .union([z.string().min(1), pattern])
      .optional()
      .describe('Who must have issued the certificate.'),
    /** Lowest version of TLS that may be agreed on. Example `'TLSv1.3'`. */
    minVersion: minVersion.optional().describe('Lowest version of TLS that may be agreed on.'),
    /** SHA-256 fingerprint of the certificate, with or without colons. */
    fingerprint: z
      .string()
      .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, { error: 'a SHA-256 fingerprint has 64 hexadecimal digits' })
      .transform((text) => text.replaceAll(':', '').toUpperCase())
      .optional()
      .describe('SHA-256 fingerprint of the certificate.'),
  })
  .superRefine(refuseUndefined);

/** The options of a `tls` check besides the common ones. */
export const tlsSchema = z.strictObject({
  /** Name or address. Default the host of the target's base URL. Example `'mail.example.org'`. */
  host: host.optional().describe(`Name or address. Default the host of the target's base URL.`),
  /** Port, 1 to 65535. Default that of the base URL when it is https and no host is given, else 443. */
  port: port.optional().describe('Port. Default that of an https base URL, else 443.'),
  ...tlsShape,
  /** PEM file with lists of revoked certificates (CRL), one of each authority of the chain; you keep it fresh. Default: revocation is not checked. Example `'tls/revoked.pem'`. */
  revoked: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of lists of revoked certificates. Default: revocation is not checked.'),
  /** What must hold. Default: the certificate is valid and has 14 days left. */
  expect: expect.prefault({}).describe('What must hold for the handshake and its certificate.'),
  /** Address family: `'auto'` races both, IPv6 first. Default `'auto'`. */
  family: family.default('auto').describe('Address family: auto races both.'),
  /** Name servers asked instead of the system's, by address. */
  resolver: servers.optional().describe(`Name servers asked instead of the system's.`),
  /** Which addresses may be reached; link-local and metadata addresses are always denied unless allowed here. */
  addresses: addresses.prefault({}).describe('Which addresses may be reached.'),
  /** Deadlines of single phases beside the check's `timeout`, each 1 ms to 10 min. Default only `resolve`, 5 s. */
  phaseTimeouts: z
    .strictObject({
      resolve: phaseLimit.describe('Longest time to resolve the name.'),
      connect: phaseLimit.describe('Longest time to connect.'),
      tls: phaseLimit.describe('Longest time of the TLS handshake.'),
    })
    .prefault({})
    .describe('Deadlines of single phases.'),
});
export type TlsOptions = z.output<typeof tlsSchema>;
export type TlsInput = z.input<typeof tlsSchema>;

export function filesOf({ ca, certificate, key, revoked }: TlsOptions): readonly string[] {
  return [ca, certificate, key, revoked].filter((name) => name !== undefined);
}

/** Where the handshake goes. */
export function endpointOf(
  { host: named, port: given }: TlsOptions,
  baseUrl: string,
): { readonly host: string; readonly port: number } {
  const base = new URL(baseUrl);
  const ownPort = named === undefined && base.protocol === 'https:' && base.port !== '' ? Number(base.port) : 443;
  return { host: named ?? base.hostname, port: given ?? ownPort };
}
