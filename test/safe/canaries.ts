import { generateKeyPairSync } from 'node:crypto';
import type { Canary } from './search-canaries.ts';

/** Values that stand in nobody's output unless they leak: an ordinary one, one that every escaping changes, and a private key. */
export const PLAIN: Canary = { name: 'plain', value: 'canary-plain-7f3a91c2d4e8' };
export const ODD: Canary = { name: 'odd', value: `can"ary\\ 'q' <b>&amp; %41+/ é☂ 9b1c7f` };
/** Its signs are two or three bytes each, and its bytes are other signs when they are read as Latin-1. */
export const BEYOND_ASCII: Canary = { name: 'beyond ascii', value: 'clé-secrète-ö7ü-пароль-☂5d2c91-ß' };
export const KEY: Canary = {
  name: 'key',
  value: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd(),
};
