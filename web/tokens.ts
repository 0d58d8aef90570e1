import { createHash, timingSafeEqual } from 'node:crypto';
import type { HashedToken, TokenScope } from '../core/api-token.ts';
import type { Clock } from '../core/clock.ts';

export type Tokens = {
  /** Whose token this is; `undefined` when it is nobody's or no longer valid. */
  holder(given: string): HashedToken | undefined;
  /** Whether any token may do this. */
  some(scope: TokenScope): boolean;
};

/** Known by their hashes only. Every hash is compared in constant time, so that the time taken says nothing about a token. */
export function keepTokens(tokens: readonly HashedToken[], clock: Pick<Clock, 'now'>): Tokens {
  const known = tokens.map((token) => ({ token, hash: Buffer.from(token.hash, 'hex') }));
  return {
    holder(given) {
      const hash = Buffer.from(hashOfToken(given), 'hex');
      const [found] = known.filter((one) => timingSafeEqual(one.hash, hash));
      const isOver = found?.token.expiresAt !== undefined && found.token.expiresAt <= clock.now();
      return isOver ? undefined : found?.token;
    },
    some: (scope) => tokens.some(({ scopes }) => scopes.includes(scope)),
  };
}

/** SHA-256 in hexadecimal digits. Enough for random tokens; passwords would need a slow hash. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1];
}

/** The password of an `Authorization: Basic …` header: how a browser gives a token. The user's name does not matter. */
export function basicPasswordOf(header: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return /^[^:]*:(.+)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8'))?.[1];
}
