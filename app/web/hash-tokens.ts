import { type ApiToken, type HashedToken, LEAST_TOKEN_LENGTH } from '../../core/api-token.ts';
import { VigieError } from '../../core/errors.ts';
import { isSecretRef, type Secrets } from '../../core/secret.ts';
import { hashOfToken } from '../../web/tokens.ts';

/** Tokens as the web thread may know them. One that could be guessed is refused. */
export function hashTokens(tokens: readonly ApiToken[], secrets: Pick<Secrets, 'resolve'>): readonly HashedToken[] {
  return tokens.map(({ value, ...token }) => {
    if (!isSecretRef(value)) return { ...token, hash: value.hash };
    const text = secrets.resolve(value);
    if (text.length >= LEAST_TOKEN_LENGTH) return { ...token, hash: hashOfToken(text) };
    throw new VigieError(
      'token-weak',
      `the token '${token.name}' of settings.apiTokens has fewer than ${LEAST_TOKEN_LENGTH} characters`,
      { hint: '`vigie token` makes one that cannot be guessed' },
    );
  });
}
