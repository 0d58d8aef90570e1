import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for one monitor, so that whatever is left in it was left by that one. Its path is short: Chromium makes sockets below it. */
export function makeTemp(): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'v-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
