import type { Clock } from '../../core/clock.ts';
import type { Tools } from '../../core/kind.ts';
import type { Log } from '../../core/log.ts';
import { type Host, type HostFailure, type HostLimits, startHost } from './host.ts';

/** Warm hosts. There are as many as runs go on at once, which the browser lane limits. */
export type HostPool = {
  /** Gives a host to one run, and takes it back afterwards; says why when there is none to be had. */
  readonly withHost: <T>(use: (host: Host) => Promise<T>) => Promise<T | NoHost>;
  readonly close: () => Promise<void>;
};
export type NoHost = HostFailure | { readonly failed: 'no-chromium'; readonly message: string };

const DEFAULT_LIMITS: HostLimits = { runs: 100, ageMs: 30 * 60_000, rssBytes: 2_500_000_000 };

type PoolServices = { readonly clock: Clock; readonly log: Log; readonly tools: Tools };

export function openPool(services: PoolServices, limits: HostLimits = DEFAULT_LIMITS): HostPool {
  const idle: Host[] = [];
  const ending = new Set<Promise<void>>();
  const closed = new AbortController();
  const closeLater = (host: Host, why: string): void => {
    services.log.debug({ why }, 'replacing a journey host');
    const closing = host.close().finally(() => ending.delete(closing));
    ending.add(closing);
  };
  const takeIdle = (): Host | undefined => {
    for (let host = idle.pop(); host !== undefined; host = idle.pop()) {
      const why = host.whyReplace();
      if (why === undefined) return host;
      closeLater(host, why);
    }
    return undefined;
  };
  return {
    withHost: async (use) => {
      const host = takeIdle() ?? (await start(services, limits, closed.signal));
      if ('failed' in host) return host;
      try {
        return await use(host);
      } finally {
        // A run that was not waited for may come to its end when everything else has.
        const why = closed.signal.aborted ? 'shutting down' : host.whyReplace();
        if (why === undefined) idle.push(host);
        else closeLater(host, why);
      }
    },
    close: async () => {
      closed.abort();
      for (const host of idle.splice(0)) closeLater(host, 'shutting down');
      await Promise.all(ending);
    },
  };
}

async function start({ tools, clock }: PoolServices, limits: HostLimits, closed: AbortSignal): Promise<Host | NoHost> {
  const chromium = await tools.find('chromium');
  if (!chromium.found) {
    return {
      failed: 'no-chromium',
      message: `no Chromium was found (looked at ${chromium.looked.join(', ')}): ${chromium.mend}`,
    };
  }
  // Chromium refuses its sandbox to root; everybody else gets it.
  const sandbox = process.getuid?.() !== 0;
  return startHost({ executablePath: chromium.path, sandbox, clock, limits, closed });
}
