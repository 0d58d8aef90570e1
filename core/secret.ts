import { VigieError } from './errors.ts';

/** A reference to a secret; the value itself never stands in configuration, plan or store. */
export type SecretRef = { readonly secret: string; readonly from: 'environment' | 'file' };

/** Resolves references and removes every known value from text. Given to whoever handles secrets. */
export type Secrets = {
  /** The value; throws a VigieError `secret-missing` that names the reference, never the value. */
  resolve(ref: SecretRef): string;
  /** Replaces each known value, in any of its usual encodings, by `[secret NAME]`. */
  scrub(text: string): string;
  /** The same for bytes, e.g. entries of an archive; returns the same buffer when nothing was found. */
  scrubBytes(bytes: Uint8Array): Uint8Array;
  /** Names and values known so far, for engines that must hand them to a worker; a name comes again with each value that it had before. Never log it. */
  known(): Iterable<readonly [name: string, value: string]>;
};

export function isSecretRef(value: unknown): value is SecretRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'secret' in value &&
    typeof value.secret === 'string' &&
    'from' in value
  );
}

/** Every reference in options or settings, each once. */
export function secretsIn(value: unknown): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  const seen = new Set<unknown>();
  const look = (one: unknown): void => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return;
    seen.add(one);
    if (isSecretRef(one)) found.set(`${one.from} ${one.secret}`, one);
    else for (const inner of Object.values(one)) look(inner);
  };
  look(value);
  return [...found.values()];
}

/** Why a secret cannot be had, with its name and never its value. `undefined` when it can. */
export function secretProblem(ref: SecretRef, secrets: Pick<Secrets, 'resolve'>): SecretProblem | undefined {
  try {
    secrets.resolve(ref);
    return undefined;
  } catch (error) {
    if (!(error instanceof VigieError) || error.code !== 'secret-missing') throw error;
    return { problem: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

export type SecretProblem = { readonly problem: string; readonly hint?: string };

/** Shorter values would turn ordinary words into `[secret …]`, so they are refused when resolved. */
export const LEAST_SECRET_LENGTH = 4;
