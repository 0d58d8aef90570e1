import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Labels } from '../core/measure.ts';
import type { Artefact, ArtefactKind } from '../core/observation.ts';
import type { Secrets } from '../core/secret.ts';
import type { StoredReport } from './collect.ts';
import type { Headers } from './headers.ts';

const compress = promisify(gzip);

/** Where artefacts go and what must not be in them. */
export type Keeper = {
  readonly folder: () => Promise<string>;
  readonly secrets: Secrets;
  readonly headers: Headers;
};

/** Keeps a Lighthouse result, compressed (a quarter of a megabyte becomes 40 kB). Nothing when it cannot be made free of secrets. */
export async function keepReport(
  report: StoredReport,
  name: string,
  labels: Labels,
  keeper: Keeper,
): Promise<readonly Artefact[]> {
  const text = withoutHeaders(report.text, keeper);
  if (text === undefined) return [];
  const bytes = await compress(keeper.secrets.scrub(text));
  return [
    await write(keeper, { kind: 'raw', file: `${name}.lhr.json.gz`, mediaType: 'application/gzip', labels }, bytes),
  ];
}

/** Keeps the page that Lighthouse CI made of a result, for people. */
export async function keepHtml(
  report: StoredReport,
  name: string,
  labels: Labels,
  keeper: Keeper,
): Promise<readonly Artefact[]> {
  const html = await readIfThere(report.htmlFile);
  const clean = html === undefined ? undefined : htmlWithoutHeaders(html, report.text, keeper);
  if (clean === undefined) return [];
  const bytes = Buffer.from(keeper.secrets.scrub(clean));
  return [await write(keeper, { kind: 'report', file: `${name}.html`, mediaType: 'text/html', labels }, bytes)];
}

/** Keeps what a tool said. */
export async function keepLog(
  text: string,
  name: string,
  labels: Labels,
  keeper: Keeper,
): Promise<readonly Artefact[]> {
  // Values that are too short would blacken ordinary words; whoever has a secret that short cannot reference it either.
  const values = Object.entries(keeper.headers).filter(([, value]) => value.length >= 8);
  const masked = values.reduce((masking, [header, value]) => masking.replaceAll(value, `[header ${header}]`), text);
  const bytes = Buffer.from(keeper.secrets.scrub(masked));
  return [await write(keeper, { kind: 'log', file: `${name}.log`, mediaType: 'text/plain', labels }, bytes)];
}

async function write(
  keeper: Keeper,
  artefact: { kind: ArtefactKind; file: string; mediaType: string; labels: Labels },
  bytes: Uint8Array,
): Promise<Artefact> {
  await writeFile(join(await keeper.folder(), artefact.file), bytes);
  return { ...artefact, sizeBytes: bytes.byteLength };
}

/** A result repeats the headers it was given in its settings. Undefined when it cannot be read, and so not be cleaned. */
function withoutHeaders(text: string, { headers }: Keeper): string | undefined {
  if (Object.keys(headers).length === 0) return text === '' ? undefined : text;
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'extraHeaders' ? null : value));
  } catch {
    // Not JSON: where the headers stand in it is unknown, so none of it is kept. The run says that it was unreadable.
    return undefined;
  }
}

const EMBEDDED = /(window\.__LIGHTHOUSE_JSON__ = )[\s\S]*?(;<\/script>)/;

function htmlWithoutHeaders(html: string, report: string, keeper: Keeper): string | undefined {
  if (Object.keys(keeper.headers).length === 0) return html;
  const clean = withoutHeaders(report, keeper);
  if (clean === undefined || !EMBEDDED.test(html)) return undefined;
  const safe = clean.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return html.replace(EMBEDDED, (_, before: string, after: string) => `${before}${safe}${after}`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > 64 * 1024 * 1024) return undefined;
    return await readFile(file, 'utf8');
  } catch {
    // Lighthouse CI wrote no page for this result; the result itself is kept.
    return undefined;
  }
}
