import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import {
  addresses,
  family,
  host,
  pattern,
  port,
  refuseUndefined,
  secretText,
  servers,
  tlsOptions,
} from '../net/schema.ts';

const phaseLimit = duration({ least: 1, most: 600_000 }).optional();

const step = z.union([
  z
    .strictObject({
      /** Text sent as it is, line ends included; may be a secret. Example `'PING\r\n'`. */
      send: secretText.optional().describe('Text sent as it is, line ends included; may be a secret.'),
      /** Text that must arrive, or a pattern that must match what arrived since the step before. Example `/^\+PONG/`. */
      expect: z
        .union([z.string().min(1).max(10_000), pattern])
        .optional()
        .describe('Text that must arrive, or a pattern that must match what arrived since the step before.'),
    })
    .superRefine(refuseUndefined)
    .refine((value) => value.send !== undefined || value.expect !== undefined, {
      error: `a step needs 'send', 'expect' or both`,
    }),
  z.strictObject({
    /** Changes to TLS here, as SMTP and others do after STARTTLS. */
    startTls: z.literal(true).describe('Changes to TLS here.'),
  }),
]);

/** The options of a `tcp` check besides the common ones. */
export const tcpSchema = z.strictObject({
  /** Name or address. Default the host of the target's base URL. Example `'db.example.org'`. */
  host: host.optional().describe(`Name or address. Default the host of the target's base URL.`),
  /** Port, 1 to 65535. Example `5432`. */
  port: port.describe('Port.'),
  /** What is said and must be answered, in order. Default nothing: accepting the connection is enough. Example `[{ send: 'PING\r\n', expect: /PONG/ }]`. */
  exchange: z.array(step).min(1).max(50).optional().describe('What is said and must be answered, in order.'),
  /** TLS right after connecting: `true`, or its options. Default none; the options alone serve a `startTls` step. */
  tls: z
    .union([z.literal(true).transform(() => tlsOptions.parse({})), tlsOptions])
    .optional()
    .describe('TLS right after connecting.'),
  /** Most bytes read in one exchange, 1 to 1048576. Default 65536. */
  readLimit: z.int().min(1).max(1_048_576).default(65_536).describe('Most bytes read in one exchange.'),
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
      answer: phaseLimit.describe('Longest wait for one expected answer.'),
    })
    .prefault({})
    .describe('Deadlines of single phases.'),
});
export type TcpOptions = z.output<typeof tcpSchema>;
export type TcpInput = z.input<typeof tcpSchema>;

export function filesOf({ tls }: TcpOptions): readonly string[] {
  return [tls?.ca, tls?.certificate, tls?.key].filter((name) => name !== undefined);
}

/** Whether TLS begins with the connection, which it does not when a step changes to it. */
export function startsWithTls({ tls, exchange }: TcpOptions): boolean {
  return tls !== undefined && !(exchange ?? []).some((one) => 'startTls' in one);
}
