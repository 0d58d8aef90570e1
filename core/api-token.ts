import type { Instant } from './clock.ts';
import type { SecretRef } from './secret.ts';

/** What a token of the API may do: read what was recorded, change something, scrape the metrics. */
export const TOKEN_SCOPES = ['read', 'write', 'metrics'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token as configured: by reference, or as `sha256:…`. */
export type ApiToken = {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly value: SecretRef | { readonly hash: string };
  readonly expiresAt?: Instant;
};

/** A token as it is kept where requests are answered: nothing there can tell it. */
export type HashedToken = Omit<ApiToken, 'value'> & {
  /** SHA-256 in hexadecimal digits. */
  readonly hash: string;
};

/** What `vigie token` puts before its 256 random bits, so that scanners of secrets find one that leaked. */
export const TOKEN_PREFIX = 'vigie_';
/** Shorter ones could be guessed. */
export const LEAST_TOKEN_LENGTH = 16;
