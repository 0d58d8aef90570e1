import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, VigieError } from '../../core/errors.ts';
import { makeRedactor, type Redactor } from '../../core/redact.ts';
import { LEAST_SECRET_LENGTH, type SecretRef, type Secrets } from '../../core/secret.ts';

export type SecretSources = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
};

/** Of each name: what was replaced may still come in late output, but a value for every hour must not fill the memory. */
const KEPT_VALUES = 8;

export type RefreshingSecrets = Secrets & {
  /** Reads each value afresh at its next use, e.g. after a mounted file was replaced. The last old ones are still removed everywhere. */
  refresh(): void;
};

/** Resolves secrets from environment variables (`NAME`, or the file named by `NAME_FILE`) and files, and remembers each value to scrub it everywhere. */
export function openSecrets(sources: SecretSources): RefreshingSecrets {
  const valuesOf = new Map<string, readonly string[]>();
  let known: readonly (readonly [name: string, value: string])[] = [];
  let current = new Map<string, string>();
  let redactor: Redactor = makeRedactor(known);

  function remember(name: string, value: string): void {
    current.set(name, value);
    const before = valuesOf.get(name) ?? [];
    if (before.at(-1) === value) return;
    valuesOf.set(name, [...before.filter((one) => one !== value), value].slice(-KEPT_VALUES));
    known = [...valuesOf].flatMap(([owner, values]) => values.map((one) => [owner, one] as const));
    redactor = makeRedactor(known);
  }

  return {
    resolve(ref) {
      const name = nameOf(ref);
      const value = current.get(name) ?? readSecret(ref, sources);
      if (!current.has(name)) remember(name, value);
      return value;
    },
    scrub: (text) => redactor.scrub(text),
    scrubBytes: (bytes) => redactor.scrubBytes(bytes),
    known: () => known,
    refresh() {
      current = new Map();
    },
  };
}

function nameOf(ref: SecretRef): string {
  return ref.from === 'file' ? `file:${ref.secret}` : ref.secret;
}

function readSecret(ref: SecretRef, { environment, folder }: SecretSources): string {
  const file = ref.from === 'file' ? ref.secret : environment[`${ref.secret}_FILE`];
  const value = file === undefined ? environment[ref.secret] : readSecretFile(file, folder);
  if (value === undefined || value === '') throw missing(ref);
  if (value.trim().length < LEAST_SECRET_LENGTH) {
    throw new VigieError(
      'secret-missing',
      `the secret '${ref.secret}' has fewer than ${LEAST_SECRET_LENGTH} characters`,
      { hint: 'use a longer one: a value this short could not be removed from outputs without spoiling them' },
    );
  }
  return value;
}

function readSecretFile(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new VigieError('secret-missing', `the secret file '${file}' cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: 'see that it is there and that the user who runs Vigie may read it',
    });
  }
}

function missing(ref: SecretRef): VigieError {
  const hint =
    ref.from === 'file'
      ? `write the value into the file '${ref.secret}'`
      : `set the environment variable ${ref.secret}, or ${ref.secret}_FILE to a file that holds it`;
  return new VigieError('secret-missing', `the secret '${ref.secret}' is not set`, { hint });
}
