/**
 * Runs in the page, before its own scripts, as text: it may use nothing from outside this function.
 * It reports every change of every vital, because the last report may be all there is when a page is left or dies.
 */
export function collectInPage(): void {
  // Init scripts run in every frame; vitals are those of the page.
  if (window !== window.top || !globalThis.webVitals) return;
  const vitals = globalThis.webVitals;
  const send = globalThis.vigieVital;
  if (!send) return;
  const settings = { reportAllChanges: true };
  const interactions: { readonly at: number; readonly name: string }[] = [];

  // A mark where something was cut off, as `core/cut.ts` leaves it.
  const cut = (text: string, longest: number): string =>
    text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  const nameOf = (event: Event): string => {
    const element =
      event.target instanceof Element ? event.target.closest('a,button,input,select,textarea,[role],[id]') : null;
    if (!element) return event.type;
    const tag = element.getAttribute('role') ?? element.tagName.toLowerCase();
    const own = element.id
      ? `#${element.id}`
      : (element.getAttribute('name') ?? element.getAttribute('aria-label') ?? element.textContent);
    return `${tag} ${cut((own ?? '').trim().replace(/\s+/g, ' '), 60)}`.trim();
  };
  let settling = Promise.resolve();
  const remember = (event: Event): void => {
    if (!event.isTrusted) return;
    interactions.push({ at: event.timeStamp, name: nameOf(event) });
    if (interactions.length > 50) interactions.shift();
    settling = paintedAndIdle(1_200);
  };
  for (const type of ['pointerdown', 'pointerup', 'click', 'keydown', 'keyup']) {
    addEventListener(type, remember, { capture: true, passive: true });
  }
  const interactionOf = (entries: readonly PerformanceEntry[]): string | undefined => {
    const starts = entries.map((entry) => entry.startTime);
    return interactions.find(({ at }) => starts.some((start) => Math.abs(start - at) < 1))?.name ?? entries[0]?.name;
  };
  // Only the attribution build says what stood behind a value. Parts of an address that may hold a session stay behind.
  const attributionOf = (metric: Reported): object | undefined => {
    if (!('attribution' in metric)) return undefined;
    switch (metric.name) {
      case 'LCP': {
        const { target, url, timeToFirstByte, resourceLoadDelay, resourceLoadDuration, elementRenderDelay } =
          metric.attribution;
        return {
          vital: 'lcp',
          target,
          url: url?.startsWith('data:') ? 'data:' : cut(url?.split(/[?#]/)[0] ?? '', 500),
          firstByteMs: timeToFirstByte,
          loadDelayMs: resourceLoadDelay,
          loadMs: resourceLoadDuration,
          renderDelayMs: elementRenderDelay,
        };
      }
      case 'INP': {
        const { interactionTarget, interactionType, inputDelay, processingDuration, presentationDelay } =
          metric.attribution;
        return {
          vital: 'inp',
          target: interactionTarget,
          type: interactionType,
          inputDelayMs: inputDelay,
          processingMs: processingDuration,
          presentationMs: presentationDelay,
        };
      }
      case 'CLS':
        return {
          vital: 'cls',
          target: metric.attribution.largestShiftTarget,
          shift: metric.attribution.largestShiftValue ?? 0,
        };
      default:
        return undefined;
    }
  };
  const report = (metric: Reported): void => {
    const interaction = metric.name === 'INP' ? interactionOf(metric.entries) : undefined;
    const url = cut(location.href, 2000);
    // The promise is the binding's answer, for which nobody waits; it rejects when the page goes.
    const { name, id, value } = metric;
    send({ name, id, value, url, interaction, attribution: attributionOf(metric) }).catch(() => undefined);
  };
  vitals.onLCP(report, settings);
  vitals.onINP(report, settings);
  vitals.onCLS(report, settings);
  vitals.onFCP(report, settings);
  vitals.onTTFB(report, settings);

  const frame = (): Promise<void> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => resolve());
    });
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  const idle = (timeout: number): Promise<void> =>
    new Promise((resolve) => {
      requestIdleCallback(() => resolve(), { timeout });
    });
  // After the paint that follows an interaction its entries are queued; web-vitals handles them in the idle time after
  // that, in order, so our idle callback comes after its own.
  const paintedAndIdle = async (limitMs: number): Promise<void> => {
    await frame();
    await frame();
    await sleep(0);
    await idle(limitMs);
  };
  globalThis.vigieFlush = async () => {
    // A journey that ends as soon as an address is right may end before the page was painted, and then has no paint to tell of.
    const isPainted = performance.getEntriesByName('first-contentful-paint').length > 0;
    if (!isPainted) await Promise.race([paintedAndIdle(500), sleep(700)]);
    const last = interactions.at(-1);
    const restMs = last === undefined ? 0 : last.at + 1_200 - performance.now();
    if (restMs > 0) await Promise.race([settling, sleep(restMs)]);
    // LCP is not finalised by an event of ours, which is why its changes are reported as they come; CLS and INP are.
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  };
}

type Reported = import('web-vitals').MetricType | import('web-vitals/attribution').MetricWithAttribution;

declare global {
  var webVitals: typeof import('web-vitals') | undefined;
  var vigieVital: ((report: object) => Promise<void>) | undefined;
  var vigieFlush: (() => Promise<void>) | undefined;
}
