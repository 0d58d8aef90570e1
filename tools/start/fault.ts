// `npm run fault -- emptyBody=true`: breaks (or repairs) the reference target that `npm start` runs. Without arguments: shows what is broken
// and what can be; `npm run fault -- reset` repairs everything.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, '..', '..', process.env.VIGIE_DATA_FOLDER ?? 'data', 'demo.json');

const words = process.argv.slice(2);
const { api, adminToken } = readAddress();
const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
const url = `${api}/admin/faults`;
const response = words.includes('reset')
  ? await fetch(url, { method: 'DELETE', headers })
  : words.length === 0
    ? await fetch(url, { headers })
    : await fetch(url, { method: 'PUT', headers, body: JSON.stringify(Object.fromEntries(words.map(readWord))) });
process.stdout.write(`${JSON.stringify(await response.json(), null, 2)}\n`);
process.exitCode = response.ok ? 0 : 3;

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

function readAddress(): { readonly api: string; readonly adminToken: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(FILE, 'utf8'));
    if (typeof value === 'object' && value !== null && 'api' in value && 'adminToken' in value)
      return { api: String(value.api), adminToken: String(value.adminToken) };
  } catch {
    // Told below: both mean that nothing is running.
  }
  process.stderr.write('the reference target does not run: start it with `npm start`\n');
  process.exit(3);
}
