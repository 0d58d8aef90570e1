import { readFile } from 'node:fs/promises';
import type { Diagnostic } from '../core/errors.ts';
import { isComment } from './rc-comments.ts';

export type JsonFile = { readonly value: unknown; readonly problems: readonly Diagnostic[] };

/** Reads a JSON file. A key that stands twice in it is a problem: `JSON.parse` keeps the last and drops the first in silence. */
export async function readJson(file: string): Promise<JsonFile> {
  const text = await readFile(file, 'utf8');
  const value: unknown = JSON.parse(text);
  const message = 'stands twice; of two the first would be ignored in silence';
  const problems = repeatedKeys(text).map((path) => ({ file, path, message, hint: 'keep one of them' }));
  return { value, problems };
}

/** An object or a list that is open at this place of the text. */
type Open = { readonly seen: Set<string> | undefined; at: string | number; isKeyNext: boolean };

/** Paths of keys that stand more than once in one object of a text which is known to be JSON. */
function repeatedKeys(text: string): readonly string[] {
  const open: Open[] = [];
  const repeated = new Set<string>();
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const innermost = open.at(-1);
    if (token === '{') open.push({ seen: new Set(), at: '', isKeyNext: true });
    else if (token === '[') open.push({ seen: undefined, at: 0, isKeyNext: false });
    else if (token === '}' || token === ']') open.pop();
    else if (innermost === undefined) continue;
    else if (token === ',') passComma(innermost);
    else if (innermost.isKeyNext) {
      const key = String(JSON.parse(token));
      innermost.at = key;
      innermost.isKeyNext = false;
      if (innermost.seen?.has(key) && !isComment(key)) repeated.add(open.map(({ at }) => at).join('.'));
      innermost.seen?.add(key);
    }
  }
  return [...repeated];
}

function passComma(innermost: Open): void {
  if (typeof innermost.at === 'number') innermost.at += 1;
  else innermost.isKeyNext = true;
}
