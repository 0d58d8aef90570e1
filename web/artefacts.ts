import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isId } from '../core/identifiers.ts';
import type { WebParts } from './parts.ts';
import { ARTEFACT_POLICY, VIEWER_POLICY } from './security-headers.ts';

/** Only what cannot carry script is shown in place; the rest is downloaded. */
const SHOWN: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
};
const VIEWER_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
  '.png': 'image/png',
};

/** Kept files of runs, and Playwright's trace viewer on a path and under a policy of its own. */
export function addArtefacts(app: OpenAPIHono, parts: WebParts): void {
  app.get('/artefacts/:run/:attempt/:file{.+}', async (context) => {
    const { run, attempt, file } = context.req.param();
    if (!isId(run) || !/^\d{1,3}$/.test(attempt)) return context.notFound();
    const found = await parts.findArtefact(run, Number(attempt), file);
    if (found === undefined) return context.notFound();
    const type = SHOWN[extname(file).toLowerCase()];
    const disposition: Record<string, string> = type === undefined ? { 'content-disposition': 'attachment' } : {};
    // A lighthouse report is HTML with script; the sandbox shows its text and lets nothing of it run against this origin.
    return sendFile(context, found.path, {
      'content-type': type ?? 'application/octet-stream',
      'content-security-policy': ARTEFACT_POLICY,
      ...disposition,
    });
  });
  const folder = parts.traceViewerFolder;
  if (folder === undefined) return;
  app.get('/trace/:file{.*}', (context) => {
    const path = resolve(join(folder, context.req.param('file') || 'index.html'));
    if (!path.startsWith(resolve(folder) + sep)) return context.notFound();
    return sendFile(context, path, {
      'content-type': VIEWER_TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': VIEWER_POLICY,
      'cache-control': 'max-age=3600',
    });
  });
}

async function sendFile(context: Context, path: string, headers: Record<string, string>): Promise<Response> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return context.notFound();
  // Nobody would read the stream of a HEAD request, and its file would stay open.
  if (context.req.raw.method === 'HEAD')
    return new Response(null, { headers: { ...headers, 'content-length': String(found.size) } });
  const stream = Readable.toWeb(createReadStream(path));
  return new Response(stream as ReadableStream, { headers: { ...headers, 'content-length': String(found.size) } });
}
