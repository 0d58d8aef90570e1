import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/documents.ts';

export const UNIT = join(ROOT, 'deploy', 'systemd', 'vigie.service');

export function readUnitText(): string {
  return readFileSync(UNIT, 'utf8');
}

/** `Section.Key` to its values in order; lines that are neither a section, a comment nor a setting are a mistake. */
export function readUnit(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let section = '';
  for (const line of readUnitText().split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (head !== undefined) section = head;
    else if (key === undefined || value === undefined) throw new Error(`'${line}' is no line of a unit`);
    else found.set(`${section}.${key}`, [...(found.get(`${section}.${key}`) ?? []), value]);
  }
  return found;
}
