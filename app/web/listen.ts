import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { VigieError } from '../../core/errors.ts';
import type { Settings } from '../../core/plan.ts';
import { addMetrics } from '../../web/app.ts';
import type { Door } from '../../web/door.ts';
import type { WebParts } from '../../web/parts.ts';
import { securityHeaders } from '../../web/security-headers.ts';
import { realClock } from '../adapters/real-clock.ts';

export type Listener = { readonly url: string; readonly port: number; close(): Promise<void> };

/** What one client may cost. */
export type ClientLimits = {
  /** Head and body of a request must be there within this. */
  readonly slowestRequestMs: number;
  /** A connection on which nothing moves for so long is let go, whoever of the two is waiting. */
  readonly longestSilenceMs: number;
  /** Connections take file descriptors, which probes need too: both live in one process. */
  readonly mostConnections: number;
};
const LAST_ANSWERS_MS = 500;
const LIMITS: ClientLimits = { slowestRequestMs: 30_000, longestSilenceMs: 60_000, mostConnections: 256 };

/** Serves an application; a taken port is an error that says what to do, port 0 takes any free one. */
export async function listen(
  app: Pick<OpenAPIHono, 'fetch'>,
  { host, port }: { readonly host: string; readonly port: number },
  { slowestRequestMs, longestSilenceMs, mostConnections }: ClientLimits = LIMITS,
): Promise<Listener> {
  const server = createServer(
    {
      requestTimeout: slowestRequestMs,
      headersTimeout: slowestRequestMs,
      connectionsCheckingInterval: slowestRequestMs / 4,
    },
    getRequestListener(app.fetch),
  );
  server.setTimeout(longestSilenceMs);
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unusable(error, host, port)));
    server.listen(port, host, resolve);
  });
  const actual = portOf(server);
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${actual}`,
    port: actual,
    close: () => closeSoon(server),
  };
}

/** What is being answered may be answered; who has not read it by then is cut off. */
async function closeSoon(server: Server): Promise<void> {
  const cutOff = realClock.schedule(LAST_ANSWERS_MS, () => server.closeAllConnections());
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  cutOff();
}

/** `/metrics` on a listener of its own, when the settings ask for one. */
export async function listenMetrics(
  parts: WebParts,
  door: Door,
  { host, port }: Settings['metrics'],
  before: number | undefined,
): Promise<Listener | undefined> {
  if (host === undefined && port === undefined) return undefined;
  const app = new OpenAPIHono();
  app.use(securityHeaders);
  addMetrics(app, parts, door);
  return listen(app, { host: host ?? '127.0.0.1', port: before ?? port ?? 0 });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function unusable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES' && error.code !== 'EADDRNOTAVAIL') return error;
  return new VigieError('port-unusable', `cannot listen on ${host}:${port}: ${error.code}`, {
    cause: error,
    hint: 'choose another with settings.web.port (0 for any free one)',
  });
}
