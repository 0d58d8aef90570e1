import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { SecretRef, Secrets } from '../../core/secret.ts';
import { Interruption } from './trouble.ts';

/** Files and rules of TLS as a check names them. */
type TlsMaterial = {
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: SecretRef | undefined;
  readonly revoked?: string | undefined;
  readonly minVersion?: SecureVersion | undefined;
};
type MaterialContext = { readonly baseFolder: string; readonly secrets: Secrets };

type Kept = { readonly version: string; readonly context: SecureContext; readonly lookAgainAt: number };

/** How long a context is used before its files are looked at again. */
const LOOK_AGAIN_MS = 5_000;

/**
 * TLS contexts shared between runs: parsing the well-known roots once per run would cost more than the whole check.
 * Sessions are not shared, so every handshake is a full one. A context made of files is made anew when one of them changes.
 */
export class TlsContexts {
  readonly #contexts = new Map<string, Kept>();
  readonly #clock: Clock;
  #plain: SecureContext | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The context for `material` without asking the disk; `undefined` when files are involved. */
  plain(material: TlsMaterial): SecureContext | undefined {
    const { ca, certificate, revoked, minVersion } = material;
    if ([ca, certificate, revoked, minVersion].some((given) => given !== undefined)) return undefined;
    this.#plain ??= createSecureContext();
    return this.#plain;
  }

  /** Fails with an `Interruption` when a file cannot be read or used. */
  async get(material: TlsMaterial, context: MaterialContext): Promise<SecureContext> {
    const plain = this.plain(material);
    if (plain) return plain;
    const files = [material.ca, material.certificate, material.key, material.revoked].map((file) =>
      file === undefined ? undefined : resolve(context.baseFolder, file),
    );
    const key = [...files, material.minVersion].join('\n');
    const kept = this.#contexts.get(key);
    const now = this.#clock.monotonic();
    if (kept !== undefined && now < kept.lookAgainAt) return kept.context;
    const version = (await Promise.all(files.map(versionOf))).join(' ');
    const current = kept?.version === version ? kept.context : await makeContext(material, files, context);
    this.#contexts.set(key, { version, context: current, lookAgainAt: now + LOOK_AGAIN_MS });
    return current;
  }
}

async function makeContext(
  material: TlsMaterial,
  files: readonly (string | undefined)[],
  { secrets }: MaterialContext,
): Promise<SecureContext> {
  const [ca, cert, key, revoked] = await Promise.all(files.map(readOptional));
  const passphrase = material.passphrase === undefined ? undefined : secrets.resolve(material.passphrase);
  const { minVersion } = material;
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert, key: key ?? cert }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(revoked === undefined ? {} : { crl: listsOf(revoked) }),
      ...(minVersion === undefined ? {} : { minVersion }),
    });
  } catch (error) {
    const names = files.filter((file) => file !== undefined).join(', ');
    const message = `The certificate files ${names} cannot be used: ${messageOf(error)}; check that they are PEM and belong together`;
    throw new Interruption(fault('config-invalid', message), error);
  }
}

/** OpenSSL reads one list of a text and passes over the others. */
function listsOf(pem: Buffer): string[] {
  const lists = pem.toString().match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g);
  if (lists === null) throw new TypeError('no list of revoked certificates (X509 CRL) is in it');
  return lists;
}

async function versionOf(file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  try {
    const { mtimeMs, size } = await stat(file);
    return `${mtimeMs}/${size}`;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readOptional(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): Interruption {
  const message = `The file ${file} cannot be read (${messageOf(error)}); paths are relative to the configuration file`;
  return new Interruption(fault('config-invalid', message), error);
}
