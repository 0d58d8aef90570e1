import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';

/** A value that must not be found, by the name under which a find is told. */
export type Canary = { readonly name: string; readonly value: string };
export type Find = { readonly canary: string; readonly where: string };

/** Lines of a value of several lines count by themselves. */
const SHORTEST_LINE = 16;
const MOST_LAYERS = 3;
/** Beyond this only the cheap ways of reading are tried. */
const LARGE_BYTES = 1_000_000;

/**
 * Looks for values in bytes, however they were written: it decodes what it is given in every way it knows, one layer after another, and
 * looks for the plain values. It shares nothing with the code that removes secrets, which goes the other way and encodes.
 */
export function findCanaries(bytes: Uint8Array, canaries: readonly Canary[], where: string): readonly Find[] {
  const needles = canaries.flatMap(needlesOf);
  const found = new Map<string, Find>();
  search(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
    needles,
    where,
    0,
    found,
    new Set(),
  );
  return [...found.values()];
}

/** As many characters of a value in a row are told apart from chance, and a reader would begin to guess from them. */
const SHORTEST_RUN = 8;

/** The same for runs of characters of a value, one beginning at every `stride`: what is left of one that was cut. Finds all that have 7 more characters than the stride. */
export function findRuns(bytes: Uint8Array, canaries: readonly Canary[], where: string, stride = 1): readonly Find[] {
  const runs = canaries.flatMap(({ name, value }) => {
    const signs = [...value];
    return signs
      .slice(SHORTEST_RUN - 1)
      .map((_, at) => ({ name, value: signs.slice(at, at + SHORTEST_RUN).join('') }))
      .filter((_, at) => at % stride === 0);
  });
  const found = findCanaries(bytes, runs, where);
  return [...new Map(found.map((find) => [`${find.canary} ${find.where}`, find])).values()];
}

type Needle = { readonly canary: string; readonly text: string };

function needlesOf({ name, value }: Canary): readonly Needle[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  const parts = value.includes('\n') ? lines : [value];
  return parts.flatMap((part) => [
    { canary: name, text: binary(Buffer.from(part, 'utf8')) },
    // Its bytes taken for Latin-1, and it in Latin-1.
    { canary: name, text: binary(Buffer.from(binary(Buffer.from(part, 'utf8')), 'utf8')) },
    ...(/^[\0-\xff]*$/.test(part) ? [{ canary: name, text: part }] : []),
    { canary: name, text: binary(Buffer.from(part, 'utf16le')) },
    { canary: name, text: binary(Buffer.from(part, 'utf16le').swap16()) },
  ]);
}

function search(
  text: string,
  needles: readonly Needle[],
  where: string,
  layer: number,
  found: Map<string, Find>,
  seen: Set<string>,
): void {
  if (seen.has(text)) return;
  seen.add(text);
  for (const needle of needles)
    if (text.includes(needle.text)) found.set(`${needle.canary} ${where}`, { canary: needle.canary, where });
  for (const [name, content] of unpack(text)) search(content, needles, `${where} > ${name}`, layer, found, seen);
  if (layer >= MOST_LAYERS || (layer > 0 && text.length > LARGE_BYTES)) return;
  for (const [name, decode] of Object.entries(DECODERS))
    for (const decoded of [decode(text)].flat())
      if (decoded !== text && decoded.length > 3)
        search(decoded, needles, `${where} > ${name}`, layer + 1, found, seen);
}

/** What an archive or a compressed file holds, names of entries too. */
function unpack(text: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(text.slice(0, 4), 'latin1');
  try {
    if (text.startsWith('PK\u0003\u0004')) {
      const entries = Object.entries(unzipSync(Buffer.from(text, 'latin1')));
      return [
        ['names', binary(Buffer.from(entries.map(([name]) => name).join('\n')))],
        ...entries.map(([name, content]) => [name, binary(content)] as const),
      ];
    }
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [['gzip', binary(gunzipSync(Buffer.from(text, 'latin1')))]];
    if (bytes[0] === 0x78) return [['zlib', binary(inflateSync(Buffer.from(text, 'latin1')))]];
  } catch {
    // It only looked like one.
  }
  return [];
}

const DECODERS: Readonly<Record<string, (text: string) => string | readonly string[]>> = {
  percent: (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => byte(hex)),
  form: (text) => text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => byte(hex)),
  json: (text) =>
    text.replace(
      /\\(?:u([0-9a-f]{4})((?:\\u[0-9a-f]{4})*)|(["\\/bfnrt]))/gi,
      (_, first: string | undefined, rest: string, sign: string) =>
        first === undefined ? (ESCAPES[sign] ?? sign) : utf16(first, rest),
    ),
  html: (text) =>
    text
      .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex: string | undefined, digits: string) =>
        codePoint(hex === undefined ? Number(digits) : Number.parseInt(hex, 16)),
      )
      .replace(/&(quot|apos|lt|gt|nbsp|amp);/g, (_, name: string) => NAMED[name] ?? ''),
  'quoted-printable': (text) => text.replace(/=\r?\n/g, '').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => byte(hex)),
  hex: (text) =>
    all(text, /(?:[0-9a-f]{2}){8,}/gi)
      .flatMap((run) => [run, run.slice(1)])
      .map((run) => binary(Buffer.from(run, 'hex')))
      .join('\n'),
  base64: base64Texts,
  deflated: (text) => {
    try {
      return binary(inflateRawSync(Buffer.from(text.slice(1), 'latin1')));
    } catch {
      return text;
    }
  },
};
/** Long enough to be a file of its own, which may be packed. */
const LEAST_FILE = 100;

/** A value may begin anywhere in a run, so each is read from four places. */
function base64Texts(text: string): readonly string[] {
  // The end of a line first, and only then what stands before it: the other way round takes seconds.
  const joined = text.replace(/\r?\n(?<=[A-Za-z0-9+/]{60}\r?\n)(?=[A-Za-z0-9+/=])/g, '');
  const runs = all(joined, /[A-Za-z0-9+/_-]{12,}/g).map((run) => run.replaceAll('-', '+').replaceAll('_', '/'));
  const decoded = (run: string): readonly string[] =>
    [0, 1, 2, 3].map((skip) => binary(Buffer.from(run.slice(skip), 'base64')));
  const short = runs.filter((run) => run.length < LEAST_FILE).flatMap(decoded);
  return [short.join('\n'), ...runs.filter((run) => run.length >= LEAST_FILE).flatMap(decoded)];
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NAMED: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', nbsp: ' ' };

function all(text: string, pattern: RegExp): readonly string[] {
  return text.match(pattern) ?? [];
}

function byte(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function utf16(first: string, rest: string): string {
  const units = [first, ...rest.split('\\u').filter((unit) => unit !== '')].map((unit) => Number.parseInt(unit, 16));
  return binary(Buffer.from(String.fromCharCode(...units), 'utf8'));
}

function codePoint(code: number): string {
  return code > 0x10_ff_ff ? '' : binary(Buffer.from(String.fromCodePoint(code), 'utf8'));
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
