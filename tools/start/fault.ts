// `npm run fault -- emptyBody=true`: breaks (or repairs) the reference target that `npm start` runs. Without arguments: shows what is broken
// and what can be; `npm run fault -- reset` repairs everything.
import { resolve } from 'node:path';
import { readAddress } from './address-file.ts';

const FILE = resolve(import.meta.dirname, '..', '..', process.env.VIGIE_DATA_FOLDER ?? 'data', 'demo.json');
const LIMIT_MS = 10_000;

const words = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  const address = readAddress(FILE);
  if (address === undefined) return refuse(`no reference target runs with ${FILE}: start it with \`npm start\``);
  const { api, adminToken } = address;
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
  try {
    const response = await fetch(`${api}/admin/faults`, {
      ...requested(),
      headers,
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    process.stdout.write(`${JSON.stringify(await response.json(), null, 2)}\n`);
    return response.ok ? 0 : 3;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    return refuse(`the reference target at ${api} does not answer (${why}): start it again with \`npm start\``);
  }
}

function requested(): { readonly method: string; readonly body?: string } {
  if (words.includes('reset')) return { method: 'DELETE' };
  if (words.length === 0) return { method: 'GET' };
  return { method: 'PUT', body: JSON.stringify(Object.fromEntries(words.map(readWord))) };
}

function refuse(why: string): number {
  process.stderr.write(`npm run fault: ${why}\n`);
  return 3;
}

/** `latency=3000` as a number, `emptyBody=true` as a boolean, `emptyBody={"on":"api"}` as what it says. */
function readWord(word: string): readonly [string, unknown] {
  const [, name = word, value = 'true'] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  try {
    return [name, JSON.parse(value)];
  } catch {
    // Not JSON: a plain word such as +15%.
    return [name, value];
  }
}
