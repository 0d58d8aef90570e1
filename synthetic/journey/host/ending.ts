import { setImmediate as nextTurn } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { messageOf } from '../../../core/errors.ts';
import { waitIn } from '../../playwright-message.ts';
import type { HostEnding, HostResult } from '../protocol.ts';
import type { WarmBrowser } from './browser.ts';
import { plainMessage } from './describe.ts';
import { LoggedOutError } from './logged-out.ts';
import type { Session } from './session.ts';
import type { Steps } from './steps.ts';
import { classifyThrown } from './thrown.ts';
import type { WatchedExpect } from './watched-expect.ts';
import { within } from './within.ts';

export type StopReason = 'deadline' | 'cancelled';

export type RunHooks = {
  readonly onStep: (path: string) => void;
  /** An error that no promise of the journey carries: an unhandled rejection, an exception in an event listener. */
  readonly stray: () => { readonly error: unknown } | undefined;
  /** Resolves when the engine wants the run to end before its deadline. */
  readonly stopped: Promise<StopReason>;
  /** Called when all is measured and clean-up begins. */
  readonly onMeasured: (result: HostResult) => void;
};

type Parts = {
  readonly warm: WarmBrowser;
  readonly session: Session;
  readonly steps: Steps;
  readonly watched: WatchedExpect;
  readonly sources: readonly string[];
  readonly hooks: RunHooks;
  readonly deadlineMs: number;
};
export type Ended = { readonly ending: HostEnding; readonly durationMs: number; readonly isAbandoned: boolean };
type Settled = { readonly how: 'completed' } | { readonly how: 'threw'; readonly error: unknown };
type First = Settled | { readonly how: StopReason | 'crashed' };

/** How long a journey gets to notice that what it waits for was closed; longer where the page hangs, or the machine does. */
const NOTICE_MS = 1_000;
const LONG_NOTICE_MS = 4_000;

/** Waits for whatever ends the run first and says what it was. Never rejects. */
export async function awaitEnding(body: Promise<void>, parts: Parts): Promise<Ended> {
  const beginMs = performance.now();
  const settled = body.then(
    (): Settled => ({ how: 'completed' }),
    (error: unknown): Settled => ({ how: 'threw', error }),
  );
  const first = await firstOf(settled, parts);
  const durationMs = performance.now() - beginMs;
  switch (first.how) {
    case 'completed':
      return { ending: completedEnding(parts), durationMs, isAbandoned: false };
    case 'threw':
      return { ending: await thrownEnding(first.error, parts), durationMs, isAbandoned: false };
    case 'crashed':
      return { ending: crashedEnding(parts), durationMs, isAbandoned: true };
    case 'cancelled':
      return { ending: { how: 'stopped' }, durationMs, isAbandoned: (await giveUp(settled, parts)).isAbandoned };
    case 'deadline':
      return { durationMs, ...(await giveUp(settled, parts)) };
  }
}

async function firstOf(settled: Promise<Settled>, { warm, session, hooks, deadlineMs }: Parts): Promise<First> {
  const { promise, resolve } = Promise.withResolvers<First>();
  const timer = setTimeout(() => resolve({ how: 'deadline' }), deadlineMs);
  const onCrash = (): void => resolve({ how: 'crashed' });
  session.recorder.onCrash(onCrash);
  warm.browser.once('disconnected', onCrash);
  const first = await Promise.race([settled, hooks.stopped.then((how): First => ({ how })), promise]);
  clearTimeout(timer);
  warm.browser.off('disconnected', onCrash);
  return first;
}

/** A journey that ended by itself has passed only if nothing of it is still open, forbidden or thrown aside. */
function completedEnding({ watched, steps, hooks, sources }: Parts): HostEnding {
  const feature = watched.runnerOnly();
  if (feature !== undefined) return { how: 'runner-only', feature };
  const step = steps.open();
  const pending = [...(step === undefined ? [] : [`step('${step}')`]), ...watched.pending()];
  watched.close();
  if (pending.length > 0) return { how: 'unawaited', work: pending.slice(0, 20) };
  const unused = watched.unused();
  if (unused.length > 0) return { how: 'no-matcher', subjects: unused.slice(0, 20) };
  const stray = hooks.stray();
  if (stray !== undefined) return { how: 'threw', error: classifyThrown(stray.error, watched, sources) };
  return { how: 'completed' };
}

/** Actions on a page; what listens to it, such as a route or a wait for an event, may outlive a journey. */
const ACTION =
  /^(?:page|frame|locator|elementHandle|keyboard|mouse)\.(?!waitFor(?:Event|Request|Response))[a-zA-Z$]+: /;

/** Work that nobody waited for shows when its page is closed: it asserts only now, or what it was doing is broken off. */
export async function lateEnding(
  ending: HostEnding,
  watched: WatchedExpect,
  hooks: Pick<RunHooks, 'stray'>,
): Promise<HostEnding> {
  if (ending.how !== 'completed') return ending;
  // Rejections that nobody handles are told once the current turn is over.
  await nextTurn();
  const stray = hooks.stray();
  const message = stray === undefined ? '' : plainMessage(stray.error);
  const work = [...watched.late(), ...(ACTION.test(message) ? [message.split('\n')[0] ?? ''] : [])];
  return work.length === 0 ? ending : { how: 'unawaited', work: work.slice(0, 20) };
}

async function thrownEnding(error: unknown, parts: Parts): Promise<HostEnding> {
  const { watched, steps, sources, session, warm } = parts;
  const feature = watched.runnerOnly() ?? runnerOnlyFeature(error);
  if (feature !== undefined) return { how: 'runner-only', feature };
  if (error instanceof LoggedOutError) return { how: 'logged-out', message: messageOf(error) };
  // A browser that dies rejects what waits for it before it says that it is gone.
  await nextTurn();
  if (session.recorder.crashed() || !warm.browser.isConnected()) return crashedEnding(parts);
  const step = steps.failedBy(error);
  return { how: 'threw', error: classifyThrown(error, watched, sources), ...(step === undefined ? {} : { step }) };
}

function crashedEnding({ session, steps }: Parts): HostEnding {
  const step = steps.open();
  const what = session.recorder.crashed() ? 'page' : 'browser';
  return { how: 'browser-crashed', what, ...(step === undefined ? {} : { step }) };
}

/** `test.info()` and its like say so themselves when the journey imports them. */
function runnerOnlyFeature(error: unknown): string | undefined {
  return /^((?:test\.)?\w+\(\)) (?:can only be called|must be called during)/.exec(plainMessage(error))?.[1];
}

/**
 * At the deadline the evidence for whose fault it is lies in what the journey waits for: pages are closed, then
 * requests, and what makes it go on is what it was waiting for. If nothing does, it waits for nothing of the target's.
 */
async function giveUp(settled: Promise<Settled>, parts: Parts): Promise<Omit<Ended, 'durationMs'>> {
  const { session, steps, watched } = parts;
  const open = steps.open();
  const step = open === undefined ? {} : { step: open };
  const [assertion] = watched.pending();
  const [hasAnswered] = await Promise.all([session.vitals.flush(), session.takePicture()]);
  const noticeMs = hasAnswered ? NOTICE_MS : LONG_NOTICE_MS;
  const closing = Promise.all(session.context.pages().map((page) => within(noticeMs, page.close())));
  const afterPages = await within(noticeMs, settled);
  if (afterPages.how !== 'done') await closing;
  if (assertion !== undefined) {
    const isAbandoned = afterPages.how !== 'done';
    return { ending: { how: 'deadline', waitingOn: 'page', action: assertion, ...step }, isAbandoned };
  }
  if (afterPages.how === 'done')
    return { ending: { how: 'deadline', ...waitOf(afterPages.value), ...step }, isAbandoned: false };
  await within(NOTICE_MS, session.request.dispose());
  const afterRequests = await within(NOTICE_MS, settled);
  const waitingOn = afterRequests.how === 'done' ? 'request' : 'script';
  return { ending: { how: 'deadline', waitingOn, ...step }, isAbandoned: afterRequests.how !== 'done' };
}

function waitOf(settled: Settled): { waitingOn: 'page' | 'script'; action?: string } {
  if (settled.how === 'completed') return { waitingOn: 'script' };
  const text = stripVTControlCharacters(messageOf(settled.error));
  const action = /^[\w.]+(?=: )/.exec(text)?.[0];
  // A journey that slept past its deadline was waiting for the clock.
  if (action === undefined || action.endsWith('.waitForTimeout')) return { waitingOn: 'script' };
  const detail = waitIn(text);
  return { waitingOn: 'page', action: detail === undefined ? action : `${action} (${detail})` };
}
