import { createRequire } from 'node:module';
import { createWorker, PSM, type Worker } from 'tesseract.js';
import { findPlate, type OcrFields, readFields } from './fields.ts';
import type { ImageInfo } from './image.ts';

export type Reading = {
  readonly kind: 'registration' | 'plate' | 'unknown';
  readonly fields: OcrFields;
  readonly text: string;
  /** Tesseract's own confidence, 0 to 100. */
  readonly confidence: number;
};

export type OcrReader = {
  /** Reads one picture; one after the other, as there is one worker. */
  read(bytes: Uint8Array, info: ImageInfo): Promise<Reading>;
  /** Loads the worker now instead of with the first picture. */
  warm(): Promise<void>;
  readonly state: 'cold' | 'warm';
  /** Pictures that wait or are being read. */
  readonly waiting: number;
  close(): Promise<void>;
};

/** A scratch of 20 s stands for a worker that hangs: ordinary pictures take 0.05 to 0.6 s. */
const deadlineMs = 20_000;
const plateCharacters = 'ABCDEFGHJKLMNPQRSTVWXYZ0123456789-';
/** The frame in which people hold a plate: a band at the middle of the picture. */
const plateFrame = { left: 0.14, top: 0.2, width: 0.72, height: 0.6 };

export class OcrTimeoutError extends Error {
  constructor() {
    super(`reading the picture took longer than ${deadlineMs} ms; the worker was replaced, try again`);
    this.name = 'OcrTimeoutError';
  }
}

/** Tesseract in a worker thread, kept warm between pictures, with language data from the package (no network). */
export function createOcrReader(): OcrReader {
  let worker: Promise<Worker> | undefined;
  let loaded = false;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const load = () => {
    worker ??= startWorker().then((started) => {
      loaded = true;
      return started;
    });
    return worker;
  };
  const drop = async () => {
    const dropped = worker;
    worker = undefined;
    loaded = false;
    await (await dropped?.catch(() => undefined))?.terminate();
  };
  const readNow = async (bytes: Uint8Array, info: ImageInfo): Promise<Reading> => {
    try {
      return await withDeadline(load().then((ready) => readPicture(ready, Buffer.from(bytes), info)));
    } catch (error) {
      // After a timeout or a crash the state of the worker is unknown: the next picture gets a new one.
      await drop();
      throw error;
    }
  };
  return {
    async read(bytes, info) {
      waiting += 1;
      const turn = last.then(() => readNow(bytes, info));
      last = turn.catch(() => undefined);
      return turn.finally(() => {
        waiting -= 1;
      });
    },
    warm: async () => void (await load()),
    get state() {
      return loaded ? 'warm' : 'cold';
    },
    get waiting() {
      return waiting;
    },
    close: drop,
  };
}

function startWorker(): Promise<Worker> {
  const { langPath } = createRequire(import.meta.url)('@tesseract.js-data/fra') as { readonly langPath: string };
  // The "best, integer" model is a ninth of the size of the default one, and reads these documents as well.
  const options = { langPath: `${langPath}_best_int`, cacheMethod: 'none', errorHandler: () => {} };
  // Its remarks on each picture ("Estimating resolution…") would land on our standard error.
  return createWorker('fra', undefined, options, 'debug_file /dev/null');
}

/** A document is tried first; a picture without a plate in running text is taken for a plate alone. */
async function readPicture(worker: Worker, picture: Buffer, info: ImageInfo): Promise<Reading> {
  // Sauvola's local threshold keeps text legible in a shadow that falls over the page.
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_BLOCK,
    thresholding_method: '2',
    tessedit_char_whitelist: '',
  });
  const { data: page } = await worker.recognize(picture, { rotateAuto: true });
  const fields = readFields(page.text);
  if (Object.keys(fields).length >= 2)
    return { kind: 'registration', fields, text: page.text, confidence: page.confidence };

  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_WORD,
    thresholding_method: '0',
    tessedit_char_whitelist: plateCharacters,
  });
  const { data: line } = await worker.recognize(picture, { rectangle: frame(info) });
  const plate = findPlate(line.text);
  if (plate !== undefined) return { kind: 'plate', fields: { plate }, text: line.text, confidence: line.confidence };
  return { kind: 'unknown', fields, text: page.text, confidence: page.confidence };
}

function frame({ width, height }: ImageInfo) {
  return {
    left: Math.round(width * plateFrame.left),
    top: Math.round(height * plateFrame.top),
    width: Math.round(width * plateFrame.width),
    height: Math.round(height * plateFrame.height),
  };
}

async function withDeadline<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OcrTimeoutError()), deadlineMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
