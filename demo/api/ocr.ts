import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { FaultSurroundings } from '../faults/response-faults.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type ImageInfo, inspectImage } from '../ocr/image.ts';
import { misread } from '../ocr/misreading.ts';
import { type OcrReader, OcrTimeoutError, type Reading } from '../ocr/reader.ts';
import { type ApiError, errorResponse } from '../server/errors.ts';

const maxImageBytes = 5 * 1024 * 1024;
/** Larger pictures cost hundreds of megabytes when unpacked. */
const maxPixels = 16_000_000;
const minSidePixels = 40;
/** One worker reads about four documents a second: more than this in line would only time out. */
const maxWaiting = 12;

type Upload = { readonly bytes: Uint8Array; readonly info: ImageInfo };

/** `POST /` takes a picture as form field `file`, or as the body itself with an image content type. */
export function ocrRoutes(reader: OcrReader, metrics: Metrics, faults: FaultSurroundings): Hono {
  const routes = new Hono();
  const tooLarge = (context: Context) => refuseUpload(context, metrics, imageTooLarge);
  // The form around the picture needs a little room of its own.
  routes.post('/', bodyLimit({ maxSize: maxImageBytes + 10_000, onError: tooLarge }), async (context) => {
    const upload = await readUpload(context);
    if ('code' in upload) return refuseUpload(context, metrics, upload);
    if (reader.waiting >= maxWaiting) {
      context.header('retry-after', '3');
      return refuseUpload(context, metrics, busy);
    }
    return answer(context, upload, { reader, metrics, faults });
  });
  return routes;
}

type Surroundings = { readonly reader: OcrReader; readonly metrics: Metrics; readonly faults: FaultSurroundings };

async function answer(
  context: Context,
  { bytes, info }: Upload,
  { reader, metrics, faults }: Surroundings,
): Promise<Response> {
  const begin = performance.now();
  let reading: Reading;
  try {
    reading = await reader.read(bytes, info);
  } catch (error) {
    if (error instanceof OcrTimeoutError)
      return refuseUpload(context, metrics, { status: 503, code: 'ocr_timeout', message: error.message });
    return refuseUpload(context, metrics, { ...unreadable, hint: String(error) });
  }
  const tookMs = Math.round(performance.now() - begin);
  metrics.ocr.observe({ outcome: reading.kind }, tookMs / 1000);
  const { ocrMisreading } = faults.switches.values;
  const fields = ocrMisreading ? misread(reading.fields, ocrMisreading, faults.random) : reading.fields;
  return context.json({
    kind: reading.kind,
    fields,
    text: reading.text,
    confidence: reading.confidence,
    image: info,
    tookMs,
  });
}

async function readUpload(context: Context): Promise<Upload | ApiError> {
  const type = context.req.header('content-type') ?? '';
  const bytes = type.startsWith('multipart/form-data')
    ? await readFormFile(context)
    : new Uint8Array(await context.req.arrayBuffer());
  if (bytes === undefined || bytes.length === 0) return noFile;
  if (bytes.length > maxImageBytes) return imageTooLarge;
  const info = inspectImage(bytes);
  if (info === undefined) return unsupported;
  if (info.width * info.height > maxPixels)
    return {
      ...imageTooLarge,
      message: `L’image compte ${info.width} × ${info.height} points, la limite est de 16 millions.`,
    };
  if (Math.min(info.width, info.height) < minSidePixels)
    return { ...unreadable, message: `L’image est trop petite (${info.width} × ${info.height}).` };
  return { bytes, info };
}

async function readFormFile(context: Context): Promise<Uint8Array | undefined> {
  // A broken form is answered like a form without a file.
  const form = await context.req.parseBody().catch(() => ({}) as Record<string, unknown>);
  const file = form.file;
  return file instanceof File ? new Uint8Array(await file.arrayBuffer()) : undefined;
}

function refuseUpload(context: Context, metrics: Metrics, error: ApiError): Response {
  metrics.ocr.observe({ outcome: error.code }, 0);
  return errorResponse(context, error);
}

const noFile: ApiError = {
  status: 400,
  code: 'no_file',
  message: 'Aucune image reçue.',
  hint: 'Envoyez un formulaire avec le champ « file », ou l’image elle-même.',
};
const imageTooLarge: ApiError = {
  status: 413,
  code: 'image_too_large',
  message: 'L’image dépasse 5 Mo.',
  hint: 'Réduisez la photo puis réessayez.',
};
const unsupported: ApiError = {
  status: 415,
  code: 'unsupported_image',
  message: 'Seules les images PNG et JPEG sont acceptées.',
};
const unreadable: ApiError = { status: 422, code: 'unreadable_image', message: 'L’image ne peut pas être lue.' };
const busy: ApiError = {
  status: 503,
  code: 'ocr_busy',
  message: 'Trop de documents sont en cours de lecture.',
  hint: 'Réessayez dans quelques secondes.',
};
