import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { getRequestListener } from '@hono/node-server';
import { openAccounts } from './accounts/store.ts';
import { createApi } from './api/app.ts';
import { generateParts } from './catalogue/generate.ts';
import { openCatalogue } from './catalogue/store.ts';
import { gateRequests, gateUpgrades } from './faults/connection-gate.ts';
import { FaultSwitches, type Service } from './faults/switches.ts';
import { openFeedback } from './feedback/store.ts';
import { createFrontend } from './frontend/app.ts';
import { loadAssets } from './frontend/assets.ts';
import { createObdSocket } from './obd/socket.ts';
import { openAccessLog } from './observability/access-log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createOcrReader, type OcrReader } from './ocr/reader.ts';
import type { DemoOptions } from './options.ts';
import { listen, type PortChoice } from './server/listen.ts';

export type Demo = AsyncDisposable & {
  /** Base address of the website, without a slash at the end. */
  readonly frontendUrl: string;
  /** Base address of the API server (paths begin with /api/, /metrics or /admin). */
  readonly apiUrl: string;
  readonly adminToken: string;
  /** The fault switches, for tests in the same process; other processes use PUT /admin/faults. */
  readonly faults: FaultSwitches;
  /** Stops everything; connections that hang are cut. */
  close(): Promise<void>;
};

/** Starts website and API in this process. `await using demo = await startDemo()` stops it at the end of the block. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  // What was opened is closed in reverse order: on `close`, and also when a later step of the start fails.
  await using opened = new AsyncDisposableStack();
  const { host = '127.0.0.1', random = Math.random, now = () => new Date() } = options;
  const switches = new FaultSwitches();
  switches.set(options.faults ?? {});
  const adminToken = options.adminToken ?? randomBytes(24).toString('base64url');
  const database = new DatabaseSync(':memory:');
  opened.defer(() => void database.close());
  const catalogue = openCatalogue(database, generateParts());
  const accounts = openAccounts(database, now);
  const feedback = openFeedback(join(options.dataFolder ?? temporaryFolder(opened), 'feedback'));
  const ocr = createOcrReader();
  opened.defer(() => ocr.close());
  const accessLog = openAccessLog(options.accessLogFile);
  opened.defer(() => accessLog.close());
  const closing = new AbortController();
  const faults = { switches, random, closing: closing.signal };
  const observers = { metrics: createMetrics(), accessLog, now };
  // Each server must know the other's address, and both are known only once they listen.
  const address = { frontend: '', api: '' };
  const isFrontend = (origin: string) => isSameSite(origin, address.frontend);

  const api = createApi({ catalogue, accounts, feedback, ocr, faults, observers, adminToken, isFrontend });
  const obd = createObdSocket(isFrontend, faults);
  opened.defer(() => obd.close());
  const assets = loadAssets(join(import.meta.dirname, 'frontend'));
  const frontend = createFrontend({ catalogue, assets, faults, observers, apiUrl: () => address.api });
  const serve = async (service: Service, port: PortChoice | undefined, application: FetchCallback) => {
    const handlers = {
      request: gateRequests(switches, service, getRequestListener(application)),
      ...(service === 'api' ? { upgrade: gateUpgrades(switches, service, obd.upgrade) } : {}),
    };
    const server = await listen(host, port ?? 0, handlers);
    opened.defer(() => server.close());
    address[service] = server.url;
  };
  await serve('api', options.apiPort, api.fetch);
  await serve('frontend', options.frontendPort, frontend.fetch);
  opened.defer(() => closing.abort());
  if (options.ocr === 'warm') warmUp(ocr);

  const running = opened.move();
  const close = () => running.disposeAsync();
  return {
    frontendUrl: address.frontend,
    apiUrl: address.api,
    adminToken,
    faults: switches,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type FetchCallback = Parameters<typeof getRequestListener>[0];

/** In the background: the website need not wait for it. */
function warmUp(ocr: OcrReader): void {
  ocr.warm().catch((error: unknown) => {
    process.stderr.write(`demo: text recognition cannot be loaded (${String(error)}); run npm ci and start again\n`);
  });
}

function temporaryFolder(opened: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'assistant-auto-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `localhost` and `127.0.0.1` are the same site for a person who types the address. */
function isSameSite(origin: string, frontendUrl: string): boolean {
  return origin === frontendUrl || origin === frontendUrl.replace('127.0.0.1', 'localhost');
}
