import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  devices,
  type Page,
  request as requests,
} from '@playwright/test';
import { ARTEFACT_FILES, type JourneyRequest } from '../protocol.ts';
import { type Recorder, recordContext } from './recorder.ts';
import { sendTraceContext } from './trace-context.ts';
import { collectVitals, type Vitals } from './vitals.ts';
import { within } from './within.ts';

/** What one run has to itself: a fresh context with a page, listened to from its first moment. */
export type Session = {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly request: APIRequestContext;
  readonly recorder: Recorder;
  readonly vitals: Vitals;
  readonly traceId: string | undefined;
  /** A request context like the journey's, for clean-up after that one was closed. */
  readonly openRequest: () => Promise<APIRequestContext>;
  /** Pictures the page once; later calls do nothing. */
  readonly takePicture: () => Promise<void>;
  /** Writes what is being recorded and closes everything; false when the browser did not answer in time. */
  readonly close: (keepTrace: boolean) => Promise<boolean>;
};

const CLOSE_MS = 3_000;
const PICTURE_MS = 2_000;

export async function openSession(
  { browser, userAgent }: { readonly browser: Browser; readonly userAgent: string },
  asked: JourneyRequest,
  now: () => number,
): Promise<Session> {
  const options = contextOptions(asked, userAgent);
  const har = asked.recording === 'full' ? harOptions(asked.folder) : {};
  const context = await browser.newContext({ ...options, ...har });
  context.setDefaultTimeout(asked.actionTimeoutMs);
  context.setDefaultNavigationTimeout(asked.navigationTimeoutMs);
  const origins = new Set(
    [asked.target.baseUrl, ...Object.values(asked.target.origins)].map((url) => new URL(url).origin),
  );
  const recorder = recordContext(context, { now, isOfTarget: (url) => origins.has(new URL(url).origin) });
  const traceId = await sendTraceContext(context, asked.traceTo);
  if (asked.recording === 'full') await context.tracing.start({ screenshots: true, snapshots: true });
  const openRequest = (): Promise<APIRequestContext> =>
    requests.newContext({
      baseURL: asked.target.baseUrl,
      timeout: asked.actionTimeoutMs,
      ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    });
  const [vitals, request] = await Promise.all([
    collectVitals(context, { baseUrl: asked.target.baseUrl, attributed: asked.recording === 'full' }),
    openRequest(),
  ]);
  const page = await context.newPage();
  return {
    context,
    page,
    request,
    recorder,
    vitals,
    traceId,
    openRequest,
    takePicture: () => takePicture(context, page, join(asked.folder, ARTEFACT_FILES.screenshot.file)),
    close: async (keepTrace) => {
      if (asked.recording === 'full') await stopTrace(context, keepTrace ? asked.folder : undefined);
      const closed = await Promise.all([within(CLOSE_MS, context.close()), within(CLOSE_MS, request.dispose())]);
      return closed.every(({ how }) => how === 'done');
    },
  };
}

function contextOptions(asked: JourneyRequest, browserAgent: string): BrowserContextOptions {
  const device = asked.device === undefined || asked.device === 'desktop' ? {} : deviceOptions(asked.device);
  return {
    ...device,
    baseURL: asked.target.baseUrl,
    // A suffix of the User-Agent is safe where a header of our own is not: no preflight asks about it.
    userAgent: `${device.userAgent ?? browserAgent}${asked.userAgentSuffix}`,
    ...(asked.locale === undefined ? {} : { locale: asked.locale }),
    ...(asked.timezone === undefined ? {} : { timezoneId: asked.timezone }),
    ...(asked.loginFile === undefined ? {} : { storageState: asked.loginFile }),
  };
}

function deviceOptions(name: string): BrowserContextOptions {
  const found = devices[name === 'mobile' ? 'Pixel 7' : name];
  if (found === undefined)
    throw new RangeError(`there is no device '${name}'; use 'desktop', 'mobile' or one of Playwright's`);
  const { defaultBrowserType: _browser, ...options } = found;
  return options;
}

/** Bodies are left out: they are in the trace, where each is an entry that can be scrubbed. */
function harOptions(folder: string): Pick<BrowserContextOptions, 'recordHar'> {
  return { recordHar: { path: join(folder, ARTEFACT_FILES.har.file), content: 'omit', mode: 'full' } };
}

async function stopTrace(context: BrowserContext, folder: string | undefined): Promise<void> {
  const options = folder === undefined ? {} : { path: join(folder, ARTEFACT_FILES.trace.file) };
  // A trace that cannot be written is missing among the artefacts; the measurement stands without it.
  await within(CLOSE_MS, context.tracing.stop(options));
}

async function takePicture(context: BrowserContext, first: Page, path: string): Promise<void> {
  const shown = first.isClosed() ? context.pages().at(-1) : first;
  if (shown === undefined || existsSync(path)) return;
  // A page that hangs or crashed cannot be pictured; the run is recorded without it.
  await within(PICTURE_MS, shown.screenshot({ path, timeout: PICTURE_MS, animations: 'disabled' }));
}
