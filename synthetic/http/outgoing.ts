import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { RunContext } from '../../core/kind.ts';
import { isSecretRef, type SecretRef, type Secrets } from '../../core/secret.ts';
import { VERSION } from '../../core/version.ts';
import { ENCODINGS } from '../net/body.ts';
import { Interruption } from '../net/trouble.ts';
import type { HttpOptions } from './arguments.ts';
import type { Place } from './place.ts';

export type Header = {
  readonly name: string;
  readonly value: string;
  /** Bound to the origin it was meant for: never sent to another one. */
  readonly bound: boolean;
};

/** A request as it is about to be sent. */
export type Outgoing = {
  readonly place: Place;
  readonly method: string;
  readonly headers: readonly Header[];
  readonly body?: Buffer;
  readonly bodyHoldsSecrets: boolean;
  /** Whether we are still on the origin that secrets and the client certificate are for. */
  readonly trusted: boolean;
  /** Names and values in turn, as Node takes them; made once per request that differs. */
  readonly wire: readonly string[];
};

const LARGEST_FILE = 16_777_216;
const NO_SECRETS: Pick<Secrets, 'resolve'> = {
  resolve: ({ secret }) => {
    throw new TypeError(`a constant request cannot hold the secret '${secret}'`);
  },
};
const BOUND_NAMES: ReadonlySet<string> = new Set(['authorization', 'cookie', 'host', 'proxy-authorization']);
const USER_AGENT = `Vigie/${VERSION} (synthetic)`;

/** Completes a request with the headers that follow from the rest of it. */
export function outgoing(parts: Omit<Outgoing, 'wire'>): Outgoing {
  const { headers, place, body } = parts;
  const wire = headers.some(({ name }) => name === 'host') ? [] : ['host', place.authority];
  for (const { name, value } of headers) wire.push(name, value);
  wire.push('connection', 'close');
  if (body !== undefined) wire.push('content-length', String(body.length));
  return { ...parts, wire };
}

/** Whether every run sends the same request, so that it can be made once. */
export function isConstant({ headers, auth, body }: HttpOptions): boolean {
  return auth === undefined && body === undefined && !Object.values(headers).some(isSecretRef);
}

/** The request without body and authentication of a check whose headers hold no secrets. */
export function constantRequest(options: HttpOptions, place: Place): Outgoing {
  const own = Object.entries(options.headers).map(([name, value]) => header(name, value, NO_SECRETS));
  return compose({ options, place, own, body: undefined });
}

/** The first request of a run, its secrets filled in now, because they may be renewed while we run. */
export async function firstRequest(options: HttpOptions, place: Place, context: RunContext): Promise<Outgoing> {
  const { secrets } = context;
  const body = options.body === undefined ? undefined : await bodyOf(options.body, context);
  const own = Object.entries(options.headers).map(([name, value]) => header(name, value, secrets));
  if (options.auth !== undefined) own.push(authorizationOf(options.auth, secrets));
  return compose({ options, place, own, body });
}

type Composition = {
  readonly options: HttpOptions;
  readonly place: Place;
  readonly own: readonly Header[];
  readonly body: SentBody | undefined;
};

function compose({ options, place, own, body }: Composition): Outgoing {
  const given = new Set(own.map(({ name }) => name));
  const defaults = [
    plain('user-agent', USER_AGENT),
    plain('accept', '*/*'),
    plain('accept-encoding', ENCODINGS),
    ...(body?.type === undefined ? [] : [plain('content-type', body.type)]),
  ].filter(({ name }) => !given.has(name));
  return outgoing({
    place,
    method: options.method,
    headers: [...defaults, ...own],
    bodyHoldsSecrets: body?.holdsSecrets ?? false,
    trusted: true,
    ...(body === undefined ? {} : { body: body.bytes }),
  });
}

function plain(name: string, value: string): Header {
  return { name, value, bound: false };
}

function header(name: string, value: string | SecretRef, secrets: Pick<Secrets, 'resolve'>): Header {
  const lower = name.toLowerCase();
  return { name: lower, value: reveal(value, secrets), bound: isSecretRef(value) || BOUND_NAMES.has(lower) };
}

function authorizationOf(auth: NonNullable<HttpOptions['auth']>, secrets: Secrets): Header {
  switch (auth.type) {
    case 'basic': {
      const value = basic(reveal(auth.user, secrets), secrets.resolve(auth.password));
      return { name: 'authorization', value, bound: true };
    }
    case 'bearer':
      return { name: 'authorization', value: `Bearer ${secrets.resolve(auth.token)}`, bound: true };
  }
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export function reveal(value: string | SecretRef, secrets: Pick<Secrets, 'resolve'>): string {
  return isSecretRef(value) ? secrets.resolve(value) : value;
}

type SentBody = { readonly bytes: Buffer; readonly type?: string; readonly holdsSecrets: boolean };

async function bodyOf(body: NonNullable<HttpOptions['body']>, context: RunContext): Promise<SentBody> {
  const { secrets } = context;
  if ('text' in body)
    return {
      bytes: Buffer.from(reveal(body.text, secrets)),
      holdsSecrets: isSecretRef(body.text),
      type: 'text/plain; charset=utf-8',
    };
  if ('form' in body) {
    const fields = Object.entries(body.form).map(([name, value]) => [name, reveal(value, secrets)]);
    return {
      bytes: Buffer.from(new URLSearchParams(fields).toString()),
      holdsSecrets: Object.values(body.form).some(isSecretRef),
      type: 'application/x-www-form-urlencoded',
    };
  }
  if ('file' in body) return { bytes: await readBodyFile(resolve(context.baseFolder, body.file)), holdsSecrets: false };
  let holdsSecrets = false;
  const text = JSON.stringify(body.json, (_key, value: unknown) => {
    if (!isSecretRef(value)) return value;
    holdsSecrets = true;
    return secrets.resolve(value);
  });
  return { bytes: Buffer.from(text ?? 'null'), holdsSecrets, type: 'application/json' };
}

async function readBodyFile(file: string): Promise<Buffer> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= LARGEST_FILE) return bytes;
    throw new Error(`it has ${bytes.length} bytes, at most ${LARGEST_FILE} are sent`);
  } catch (error) {
    throw new Interruption(fault('config-invalid', `The body file ${file} cannot be used: ${messageOf(error)}`), error);
  }
}
