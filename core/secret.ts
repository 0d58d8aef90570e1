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

/** Shorter values would turn ordinary words into `[secret …]`, so they are refused when resolved. */
export const LEAST_SECRET_LENGTH = 4;
