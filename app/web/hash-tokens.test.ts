import assert from 'node:assert/strict';
import { it } from 'node:test';
import { token } from '../commands/token.ts';
import type { Terminal } from '../terminal.ts';
import { hashTokens } from './hash-tokens.ts';

const REF = { secret: 'TOKEN', from: 'environment' } as const;
const as = (value: string) => ({ resolve: () => value });

it('tokens become hashes, and one that could be guessed is refused without being told', () => {
  const configured = { name: 'ann', scopes: ['write'] } as const;
  const [fromSecret] = hashTokens([{ ...configured, value: REF }], as('a-token-of-16-signs'));
  const [fromHash] = hashTokens([{ ...configured, value: { hash: fromSecret?.hash ?? '' } }], as(''));
  assert.deepEqual(fromSecret, fromHash);
  assert.doesNotMatch(JSON.stringify(fromSecret), /a-token/);
  assert.throws(() => hashTokens([{ ...configured, value: REF }], as('short-guess')), {
    code: 'token-weak',
    message: /'ann' of settings\.apiTokens has fewer than 16 characters$/,
  });
});

it('`vigie token` makes a token of 256 random bits and the hash that is known of it, another each time', async () => {
  const made: string[] = [];
  const terminal: Terminal = {
    json: false,
    interactive: false,
    paint: { good: String, bad: String, warn: String, dim: String, bold: String },
    out: (text) => void made.push(text),
    say: () => {},
  };
  assert.deepEqual([await token(terminal), await token(terminal)], [0, 0]);
  const [first, second] = made.map((text) => /^token {2}(vigie_[\w-]{43})\nhash {3}sha256:([0-9a-f]{64})$/.exec(text));
  assert.ok(first && second, made.join('\n'));
  assert.notEqual(first[1], second[1]);
  const [hashed] = hashTokens([{ name: 'ann', scopes: ['read'], value: REF }], as(first[1] ?? ''));
  assert.equal(hashed?.hash, first[2]);
});
