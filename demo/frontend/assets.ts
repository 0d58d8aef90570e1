import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

export type Asset = { readonly type: string; readonly plain: Buffer; readonly gzip?: Buffer; readonly brotli?: Buffer };
export type Assets = {
  /** Address prefix with a hash of all assets in it, so that browsers may keep them for ever. */
  readonly base: string;
  /** Scripts and style, by path below `base`. */
  readonly versioned: ReadonlyMap<string, Asset>;
  /** Images, by path below /images/. */
  readonly images: ReadonlyMap<string, Asset>;
};

const types: Readonly<Record<string, string>> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.png': 'image/png',
};

/** Reads everything the pages need once; TypeScript loses its types here and goes to the browser as it stands. */
export function loadAssets(folder: string): Assets {
  const client = filesBelow(join(folder, 'client')).filter(
    ([name]) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  // Named in the order in which they apply.
  const style = [...filesBelow(join(folder, 'style'))].sort(([a], [b]) => a.localeCompare(b));
  const versioned = new Map<string, Asset>([
    ...client.map(([name, content]): [string, Asset] => [`client/${name}`, toAsset(name, stripTypes(content))]),
    ['style.css', toAsset('style.css', Buffer.concat(style.map(([, content]) => content)))],
  ]);
  const hash = createHash('sha256');
  for (const { plain } of versioned.values()) hash.update(plain);
  const images = filesBelow(join(folder, 'images')).filter(([name]) => extname(name) in types && !name.endsWith('.ts'));
  return {
    base: `/assets/${hash.digest('hex').slice(0, 12)}`,
    versioned,
    images: new Map(images.map(([name, content]) => [name, toAsset(name, content)])),
  };
}

function filesBelow(folder: string): readonly (readonly [name: string, content: Buffer])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(file)] as const;
    });
}

function stripTypes(source: Buffer): Buffer {
  return Buffer.from(stripTypeScriptTypes(source.toString('utf8'), { mode: 'strip' }));
}

/** Raster images are compressed already; SVG stays plain, so that browsers count its true size for LCP. */
function toAsset(name: string, plain: Buffer): Asset {
  const type = types[extname(name)] ?? 'application/octet-stream';
  return type.startsWith('image/')
    ? { type, plain }
    : { type, plain, gzip: gzipSync(plain), brotli: brotliCompressSync(plain) };
}
