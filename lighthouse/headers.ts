import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isSecretRef, type Secrets } from '../core/secret.ts';
import type { AuditOptions } from './options.ts';
import type { LighthouseRc } from './rc.ts';

export type Headers = Readonly<Record<string, string>>;

/** The headers of lighthouserc.json and of the check, which win; secrets are resolved here. */
export async function resolveHeaders(rc: LighthouseRc, options: AuditOptions, secrets: Secrets): Promise<Headers> {
  const own = Object.entries(options.headers).map(([name, value]): readonly [string, string] => [
    name,
    isSecretRef(value) ? secrets.resolve(value) : value,
  ]);
  return { ...(await headersOfRc(rc)), ...Object.fromEntries(own) };
}

const headers = z.record(z.string(), z.string());

/** Lighthouse takes an object, JSON text, or the path of a JSON file. */
async function headersOfRc(rc: LighthouseRc): Promise<Headers> {
  const { extraHeaders } = rc.collect.settings;
  if (extraHeaders === undefined) return {};
  if (typeof extraHeaders !== 'string') return extraHeaders;
  const text = extraHeaders.startsWith('{') ? extraHeaders : await readFile(resolve(rc.folder, extraHeaders), 'utf8');
  return headers.parse(JSON.parse(text));
}

/** Writes them where only this user can read, for Lighthouse to load itself; undefined when there are none. */
export async function writeHeadersFile(all: Headers, folder: string): Promise<string | undefined> {
  if (Object.keys(all).length === 0) return undefined;
  const file = join(folder, 'headers.json');
  await writeFile(file, JSON.stringify(all), { mode: 0o600 });
  return file;
}
