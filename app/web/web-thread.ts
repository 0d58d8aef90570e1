import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import type { Settings } from '../../core/plan.ts';
import { openMetricsRegistry } from '../../reporters/prometheus/metrics-registry.ts';
import { pushMetrics } from '../../reporters/prometheus/push.ts';
import { openArtefacts } from '../../results/artefacts.ts';
import { openReader } from '../../results/open-reader.ts';
import { makeWebApp } from '../../web/app.ts';
import { openDoor } from '../../web/door.ts';
import type { WebParts } from '../../web/parts.ts';
import { outboundOf } from '../adapters/outbound.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openStates } from '../check-states.ts';
import { sendCommands } from './command-sender.ts';
import { listen, listenMetrics } from './listen.ts';
import type { FromWeb, ToWeb, WebThreadData } from './messages.ts';
import { showDelivery, showPlan } from './metrics-feed.ts';
import { traceViewerFolder } from './trace-viewer.ts';

const STORAGE_EVERY_MS = 30_000;
const PUSH_WITHIN_MS = 10_000;

/** The web thread: pages, API, heartbeats and metrics over a read-only view of the store. A slow page cannot delay a probe. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a worker thread');
  const data = workerData as WebThreadData;
  const say = (message: FromWeb): void => port.postMessage(message);
  const state = { plan: data.plan, notReady: 'starting' as string | undefined };
  const { settings } = data.plan;
  const reader = openReader({ folder: settings.dataFolder });
  const artefacts = openArtefacts(settings.dataFolder);
  const states = openStates(reader, realClock);
  const registry = openMetricsRegistry({ location: settings.location, version: data.version, states });
  const commands = sendCommands(say);
  const viewer = traceViewerFolder();
  const parts: WebParts = {
    reader,
    plan: () => state.plan,
    clock: realClock,
    version: data.version,
    send: commands.send,
    states,
    metrics: registry,
    findArtefact: artefacts.find,
    notReady: () => state.notReady,
    onDefect: (error) => say({ type: 'warn', message: `a request could not be answered: ${messageOf(error)}` }),
    ...(viewer === undefined ? {} : { traceViewerFolder: viewer }),
    tokens: data.tokens,
    requireToken: settings.web.requireToken,
    ...(isLoopback(settings.web.host) ? { hosts: hostsOf(settings.web) } : {}),
    audit: (entry) => say({ type: 'audit', entry }),
  };
  await showPlan(registry, reader, data.plan, { loadedAt: data.loadedAt, now: realClock.now() });
  const door = openDoor(parts);
  const web = await listen(makeWebApp(parts, door), {
    host: settings.web.host,
    port: data.ports?.web ?? settings.web.port,
  });
  const metrics = await listenMetrics(parts, door, settings.metrics, data.ports?.metrics);

  const storage = async (): Promise<void> => {
    const { databaseBytes, pendingNotices } = reader.health();
    registry.storage({
      databaseBytes,
      pendingNotices,
      artefactBytes: await artefacts.sizeBytes(),
    });
  };
  const push = async (): Promise<void> => {
    const { pushgatewayUrl: url } = settings.metrics;
    if (url === undefined) return;
    const problem = await pushMetrics({
      url,
      grouping: { location: settings.location, source: 'start' },
      text: await registry.render(),
      contentType: registry.contentType,
      signal: AbortSignal.timeout(PUSH_WITHIN_MS),
      outbound: outboundOf(state.plan.settings),
    });
    if (problem !== undefined) say({ type: 'warn', message: problem });
  };
  const guarded = (job: () => Promise<void>) => () =>
    void job().catch((error: unknown) => say({ type: 'warn', message: messageOf(error) }));
  const timers = [
    setInterval(guarded(storage), STORAGE_EVERY_MS),
    setInterval(guarded(push), settings.metrics.pushEveryMs ?? 15_000),
  ];
  guarded(storage)();

  async function stop(): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    commands.refuseAll();
    await push().catch(() => {});
    await Promise.all([web.close(), metrics?.close()]);
    reader.close();
    port?.close();
  }

  async function take(message: ToWeb): Promise<void> {
    switch (message.type) {
      case 'plan':
        state.plan = message.plan;
        return showPlan(registry, reader, message.plan, { loadedAt: message.loadedAt, now: realClock.now() });
      case 'reloadRefused':
        return registry.reloadRefused();
      case 'runs':
        for (const run of message.runs) registry.run(run);
        return;
      case 'skipped':
        return registry.skipped(message.skipped, message.gaps);
      case 'incident':
        return registry.incident(message.change);
      case 'delivery':
        return showDelivery(registry, reader, message.delivery);
      case 'engine':
        state.notReady = message.notReady;
        return registry.engine(message.state);
      case 'answer':
        return commands.answered(message.id, message.answer);
      case 'stop':
        return stop();
    }
  }

  // One after another: a run that arrives while a plan is being put in force must find its check.
  let queue = Promise.resolve();
  port.on('message', (message: ToWeb) => {
    queue = queue.then(() => take(message)).catch((error: unknown) => say({ type: 'warn', message: messageOf(error) }));
  });
  say({
    type: 'listening',
    webUrl: web.url,
    metricsUrl: `${metrics?.url ?? web.url}/metrics`,
    ports: { web: web.port, ...(metrics === undefined ? {} : { metrics: metrics.port }) },
  });
}

/** Behind a listener of this machine alone only pages of this machine may look, and those that a proxy passes on. */
function hostsOf({ host, publicUrl }: Settings['web']): readonly string[] {
  return publicUrl === undefined ? [host] : [host, new URL(publicUrl).hostname];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

await main();
