import { isIP } from 'node:net';
import { z } from 'zod';
import { isSecretRef, type SecretRef } from '../../core/secret.ts';
import { formatQuantity, parseQuantity, type Quantity } from '../../core/units.ts';
import { isAddressRule, normaliseHost } from './addresses.ts';
import { isVacuous, type PatternSource } from './patterns.ts';

/** Limits in bytes. */
type Range = { readonly least: number; readonly most: number };

type SizeInput = number | Quantity<'bytes'>;

/** A size in bytes, as a number or with its unit, e.g. `'1MiB'`. Limits in bytes. */
export function size({ least, most }: Range): z.ZodType<number, SizeInput> {
  const shape = z.custom<SizeInput>((value) => typeof value === 'string' || typeof value === 'number', {
    error: (issue) => `expected a size such as '1MiB' or bytes, got ${JSON.stringify(issue.input)}`,
  });
  return shape.transform((input, context) => {
    const parsed = typeof input === 'number' ? { value: input } : parseQuantity(input, 'bytes');
    if ('value' in parsed && parsed.value >= least && parsed.value <= most) return Math.floor(parsed.value);
    const range = `${formatQuantity(least, 'bytes')} to ${formatQuantity(most, 'bytes')}`;
    const message = 'problem' in parsed ? parsed.problem : `${input} bytes is outside ${range}`;
    context.issues.push({ code: 'custom', message: `${message} (got ${JSON.stringify(input)})`, input });
    return z.NEVER;
  });
}

/** A regular expression, as `/…/i` or as its source text; kept as plain data so that a plan can be stored and sent. */
export const pattern: z.ZodType<PatternSource, string | RegExp> = z
  .custom<string | RegExp>((value) => typeof value === 'string' || isRegExp(value), {
    error: (issue) => `expected a regular expression such as /ok/i or 'ok', got ${JSON.stringify(issue.input)}`,
  })
  .transform((input, context) => {
    const { source, flags } = typeof input === 'string' ? { source: input, flags: '' } : input;
    try {
      new RegExp(source, flags);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.issues.push({ code: 'custom', message: `'${source}' is not a regular expression: ${reason}`, input });
      return z.NEVER;
    }
    const kept = { source, flags: flags.replace(/[gy]/g, '') };
    if (!isVacuous(kept)) return kept;
    const message = `'${source}' matches every text, an empty one too, and so proves nothing: is an alternative empty?`;
    context.issues.push({ code: 'custom', message, input });
    return z.NEVER;
  });

/**
 * Refuses a wish that is there but undefined, mostly a variable that is not set: nothing would be expected, and the check
 * would pass for it.
 */
export function refuseUndefined(wishes: object, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(wishes)) {
    if (value !== undefined) continue;
    const message = `'${name}' is undefined, so nothing would be expected: leave it out, or see why its value is missing`;
    context.addIssue({ code: 'custom', path: [name], message });
  }
}

export const secretRef: z.ZodType<SecretRef, SecretRef> = z.custom<SecretRef>(isSecretRef, {
  error: () => `expected secret('NAME') or secretFile('path'); a secret itself may not stand in the configuration`,
});

/** Text, or a reference to a secret. */
export const secretText: z.ZodType<string | SecretRef, string | SecretRef> = z.union([z.string(), secretRef]);

/** A host name or address; `2130706433` and `[::1]` are normalised. */
export const host: z.ZodType<string, string> = z.string().transform((input, context) => {
  const normal = normaliseHost(input);
  if (normal !== undefined && normal.length <= 253) return normal;
  context.issues.push({
    code: 'custom',
    message: `'${input}' is not a host: write a name such as 'db.example.org' or an address, without scheme and port`,
    input,
  });
  return z.NEVER;
});

export const port = z.int().min(1).max(65_535);

const resolverServer = z.string().refine(isServer, {
  error: (issue) =>
    `'${issue.input}' is not a resolver: write an address, with a port if it is not 53: '127.0.0.1:5353', '[::1]:53'`,
});

/** Name servers by address. */
export const servers = z.array(resolverServer).min(1).max(8);

const addressRule = z.string().refine(isAddressRule, {
  error: (issue) => `'${issue.input}' is not an address rule: write '10.0.0.0/8', '::1', 'private' or 'loopback'`,
});

/** Which addresses a check may reach. */
export const addresses = z.strictObject({
  /** Reached although denied, also link-local and metadata addresses. Default none. Example `['169.254.169.254']`. */
  allow: z.array(addressRule).max(200).default([]).describe('Addresses or CIDR blocks reached although denied.'),
  /** Never reached; `'private'` and `'loopback'` stand for their blocks. Default none; link-local and metadata are always denied. */
  deny: z.array(addressRule).max(200).default([]).describe('Addresses or CIDR blocks never reached.'),
});

export const family = z.union([z.literal('auto'), z.literal(4), z.literal(6)]);

export const minVersion = z.enum(['TLSv1.2', 'TLSv1.3']);

/** TLS on the client's side, the same for every kind that speaks it. */
export const tlsShape = {
  /** PEM file with the authorities trusted for this check instead of the well-known ones. Example `'tls/ca.pem'`. */
  ca: z.string().min(1).optional().describe('PEM file of the authorities trusted instead of the well-known ones.'),
  /** PEM file with the client certificate and its chain. Example `'tls/client.pem'`. */
  certificate: z.string().min(1).optional().describe('PEM file of the client certificate.'),
  /** PEM file with the key of the client certificate. Default: the certificate file holds it. */
  key: z.string().min(1).optional().describe('PEM file of the key of the client certificate.'),
  /** Passphrase of the key, as a secret. */
  passphrase: secretRef.optional().describe('Passphrase of the key, as a secret.'),
  /** Lowest version accepted: `'TLSv1.2'` or `'TLSv1.3'`. Default what Node offers, at present 1.2. */
  minVersion: minVersion.optional().describe('Lowest version of TLS accepted.'),
  /** Name asked for by SNI and expected in the certificate. Default the host. Example `'www.example.org'`. */
  serverName: host.optional().describe('Name asked for by SNI and expected in the certificate. Default the host.'),
  /** Accepts any certificate; shown in every result. Default `false`. */
  insecure: z.boolean().default(false).describe('Accepts any certificate; shown in every result.'),
};

export const tlsOptions = z.strictObject(tlsShape);

/** One or several of something, as an array. */
export function oneOrMany<S extends z.ZodType>(
  item: S,
): z.ZodType<readonly z.output<S>[], z.input<S> | readonly z.input<S>[]> {
  return z.union([item.transform((value) => [value]), z.array(item).min(1).max(50)]);
}

function isServer(text: string): boolean {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  if (match) return isIP(match[1] ?? match[2] ?? '') !== 0 && Number(match[3] ?? 53) <= 65_535;
  return isIP(text) === 6;
}

/** Not `instanceof`: a configuration loaded in another realm has another `RegExp`. */
function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}
