import { z } from 'zod';
import { duration } from '../../core/duration-schema.ts';
import { addresses, family, secretRef, secretText, servers, size, tlsShape } from '../net/schema.ts';
import { expectSchema } from './expectations.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const MAX_BODY_LIMIT = 16_777_216;
const phaseLimit = duration({ least: 1, most: 600_000 }).optional();

const url = z
  .string()
  .min(1)
  .superRefine((input, context) => {
    const parsed = URL.parse(input, 'http://base.invalid');
    const problem = parsed === null ? 'is not a URL or a path' : problemOf(parsed);
    if (problem !== undefined)
      context.addIssue({ code: 'custom', message: `'${withoutCredentials(input)}' ${problem}` });
  });

const origin = z.string().refine((input) => /^https?:$/.test(URL.parse(input)?.protocol ?? ''), {
  error: (issue) => `'${issue.input}' is not an origin: write 'https://api.example.org'`,
});

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'not a header name' });

const body = z.union([
  z.strictObject({
    /** Text as it is sent; set its `content-type` by `headers`. */
    text: secretText.describe('Text as it is sent.'),
  }),
  z.strictObject({
    /** Any JSON value; a `secret('NAME')` anywhere inside is replaced by its value. Sent as `application/json`. */
    json: z.unknown().describe('Any JSON value; secrets inside are replaced by their values.'),
  }),
  z.strictObject({
    /** Fields of a form, sent as `application/x-www-form-urlencoded`. */
    form: z.record(z.string(), secretText).describe('Fields of a form.'),
  }),
  z.strictObject({
    /** A file, relative to the configuration, at most 16 MiB. */
    file: z.string().min(1).describe('A file, relative to the configuration.'),
  }),
]);

const auth = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('basic'),
    user: secretText.describe('User name.'),
    password: secretRef.describe('Password, as a secret.'),
  }),
  z.strictObject({ type: z.literal('bearer'), token: secretRef.describe('Token, as a secret.') }),
]);

const redirects = z.strictObject({
  /** Whether redirects are followed. Default `true`. */
  follow: z.boolean().default(true).describe('Whether redirects are followed.'),
  /** Most redirects in a row. 1 to 20, default 5. */
  max: z.int().min(1).max(20).default(5).describe('Most redirects in a row.'),
  /** Whether a redirect may lead from https to http. Default `false`: it fails the check. */
  allowDowngrade: z.boolean().default(false).describe('Whether a redirect may lead from https to http.'),
});

const proxy = z.strictObject({
  /** The proxy, `http` only. Example `'http://proxy.example.org:3128'`. */
  url: z
    .string()
    .refine((input) => URL.parse(input)?.protocol === 'http:' && !hasCredentials(input), {
      error: `a proxy is given as 'http://host:port'; its user and password go to 'user' and 'password'`,
    })
    .describe('The proxy, http only.'),
  /** User name for the proxy. */
  user: secretText.optional().describe('User name for the proxy.'),
  /** Password for the proxy, as a secret. */
  password: secretRef.optional().describe('Password for the proxy, as a secret.'),
});

/** The options of an `http` check besides the common ones. */
export const httpSchema = z
  .strictObject({
    /** A path, resolved against the target's base URL, or a whole http(s) URL. Default `'/'`. Example `'/api/health'`. */
    url: url.default('/').describe(`A path resolved against the target's base URL, or a whole http(s) URL.`),
    /** Name of one of the target's `origins`, used as base instead of its base URL. Example `'api'`. */
    origin: z.string().min(1).optional().describe(`Name of one of the target's origins, used instead of its base URL.`),
    /** Request method. Default `'GET'`. */
    method: z.enum(METHODS).default('GET').describe('Request method.'),
    /** Request headers; a value may be a secret, which is dropped when a redirect leaves the origin. Example `{ accept: 'text/html' }`. */
    headers: z.record(headerName, secretText).default({}).describe('Request headers; values may be secrets.'),
    /** Request body: `text`, `json`, `form` or `file`. Default none. Example `{ json: { q: 'filter' } }`. */
    body: body.optional().describe('Request body: text, json, form or file.'),
    /** Basic or bearer authentication. Default none. Example `{ type: 'bearer', token: secret('API_TOKEN') }`. */
    auth: auth.optional().describe('Basic or bearer authentication.'),
    /** What is done with redirects. Default: at most 5 are followed, never from https to http. */
    redirects: redirects.prefault({}).describe('What is done with redirects.'),
    /** Address family: `'auto'` races both, IPv6 first; `4` or `6` uses one. Default `'auto'`. */
    family: family.default('auto').describe('Address family: auto races both.'),
    /** Name servers asked instead of the system's, by address. Example `['127.0.0.1:5353']`. */
    resolver: servers.optional().describe(`Name servers asked instead of the system's.`),
    /** Which addresses may be reached; link-local and metadata addresses are always denied unless allowed here. Checked at every connection, also of redirects. */
    addresses: addresses.prefault({}).describe('Which addresses may be reached.'),
    /** Trust, client certificate, versions. */
    tls: z.strictObject(tlsShape).prefault({}).describe('Trust, client certificate, versions of TLS.'),
    /** A proxy between us and the target. Default none; environment variables are not read. */
    proxy: proxy.optional().describe('A proxy between us and the target.'),
    /** Origins that get a W3C `traceparent` header. Default none. Example `['https://api.example.org']`. */
    traceTo: z.array(origin).max(50).default([]).describe('Origins that get a traceparent header.'),
    /** Most decoded bytes of the body that are read and matched; the rest is left unread and the run marked. 1 KiB to 16 MiB, default `'1MiB'`. */
    bodyLimit: size({ least: 1_024, most: MAX_BODY_LIMIT })
      .default(1_048_576)
      .describe('Most decoded bytes of the body that are read.'),
    /** Deadlines of single phases beside the check's `timeout`, each 1 ms to 10 min. Default only `resolve`, 5 s. */
    phaseTimeouts: z
      .strictObject({
        resolve: phaseLimit.describe('Longest time to resolve the name.'),
        connect: phaseLimit.describe('Longest time to connect.'),
        tls: phaseLimit.describe('Longest time of the TLS handshake.'),
        firstByte: phaseLimit.describe('Longest time until the head of the answer is there.'),
      })
      .prefault({})
      .describe('Deadlines of single phases.'),
    /** What must hold for the last answer. Default: its status is 2xx. */
    expect: expectSchema.prefault({}).describe('What must hold for the last answer.'),
  })
  .superRefine(({ method, expect }, context) => {
    const wish = Object.keys(expect.body).find((key) => key !== 'empty');
    if (method !== 'HEAD' || wish === undefined) return;
    const message = 'the answer to HEAD has no body, so nothing can be expected of it: use GET';
    context.addIssue({ code: 'custom', path: ['expect', 'body', wish], message });
  });
export type HttpOptions = z.output<typeof httpSchema>;
export type HttpInput = z.input<typeof httpSchema>;

/** Files that the options name. */
export function filesOf({ body: sent, tls }: HttpOptions): readonly string[] {
  const file = sent !== undefined && 'file' in sent ? sent.file : undefined;
  return [file, tls.ca, tls.certificate, tls.key].filter((name) => name !== undefined);
}

function problemOf(parsed: URL): string | undefined {
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return 'is neither http nor https';
  return parsed.username !== '' || parsed.password !== ''
    ? `holds a user or password: use 'auth' with a secret instead`
    : undefined;
}

function hasCredentials(input: string): boolean {
  const parsed = URL.parse(input);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}

function withoutCredentials(input: string): string {
  return input.replace(/\/\/[^/@]*@/, '//');
}
