import { randomBytes } from 'node:crypto';
import { TOKEN_PREFIX } from '../../core/api-token.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { hashOfToken } from '../../web/tokens.ts';
import type { Terminal } from '../terminal.ts';

const RANDOM_BYTES = 32;

/** `vigie token`: a token of 256 random bits, and the hash that may stand in the configuration. Nothing is kept. */
export async function token(terminal: Terminal): Promise<ExitCode> {
  const made = `${TOKEN_PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  const hash = `sha256:${hashOfToken(made)}`;
  if (terminal.json) terminal.out(JSON.stringify({ schemaVersion: 1, token: made, hash }, null, 2));
  else terminal.out(`token  ${made}\nhash   ${hash}`);
  terminal.say('the token is for who uses it and is shown only now; the hash is for settings.apiTokens');
  return EXIT.passed;
}
