import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measure } from '../../../core/measure.ts';
import type { Step } from '../../../core/observation.ts';
import { ARTEFACT_FILES, type ArtefactName, type HostResult, type JourneyRequest } from '../protocol.ts';
import type { WarmBrowser } from './browser.ts';
import { awaitEnding, type Ended, lateEnding, type RunHooks } from './ending.ts';
import { type Given, giveTo } from './given.ts';
import type { LoadedJourney } from './load.ts';
import { openSession, type Session } from './session.ts';
import { lookAtNetwork } from './thrown.ts';

/** Everything of one run that its result is made of. */
type Run = {
  readonly session: Session;
  readonly given: Given;
  readonly asked: JourneyRequest;
  readonly loaded: LoadedJourney;
};
/** What is known once the journey has ended and before clean-up begins. */
type Seen = Ended & {
  readonly steps: readonly Step[];
  readonly stepMeasures: readonly Measure[];
  readonly unrecordedSteps: number;
  readonly finalUrl: string | undefined;
  readonly savedLogin: boolean;
};

/** Runs one journey in a fresh context. Never rejects for what journey or page do. */
export async function runJourney(
  warm: WarmBrowser,
  loaded: LoadedJourney,
  asked: JourneyRequest,
  hooks: RunHooks,
): Promise<HostResult> {
  const openedMs = performance.now();
  let startMs = openedMs;
  const now = (): number => performance.now() - startMs;
  const session = await openSession(warm, asked, now);
  const given = giveTo(loaded, session, asked, { now, onStep: hooks.onStep });
  startMs = performance.now();
  const run: Run = { session, given, asked, loaded };
  const seen = await see(run, warm, hooks, asked.deadlineMs - (startMs - openedMs));
  hooks.onMeasured(toResult(run, seen, []));
  const failures = await given.cleanups.run(session.openRequest, asked.reserveMs);
  const isKept = seen.ending.how !== 'completed' || asked.recording === 'full';
  const isClosed = await session.close(isKept);
  if (isKept) await writeRecords(session, asked.folder);
  const result = toResult(run, { ...seen, ending: await lateEnding(seen.ending, given.watched, hooks) }, failures);
  return { ...result, spent: result.spent || !isClosed };
}

/** Lets the journey run to whatever end it comes to, and takes down what the page has to say then. */
async function see(run: Run, warm: WarmBrowser, hooks: RunHooks, deadlineMs: number): Promise<Seen> {
  const { session, given, asked, loaded } = run;
  const { steps, watched } = given;
  const sources = loaded.sources.map(({ file }) => file);
  const ended = await awaitEnding(given.start(), { warm, session, steps, watched, sources, hooks, deadlineMs });
  const ending = await withNetwork(ended.ending, asked);
  const { steps: stepRecords, measures: stepMeasures, unrecorded: unrecordedSteps } = steps.finish();
  const isGood = ending.how === 'completed';
  // The page may have been closed by the journey: then there is nothing left to settle.
  if (isGood && asked.settleMs > 0) await session.page.waitForTimeout(asked.settleMs).catch(() => undefined);
  await session.vitals.flush();
  session.recorder.freeze();
  const finalUrl = lastUrl(session);
  if (!isGood || asked.recording === 'full') await session.takePicture();
  const savedLogin = isGood && (await saveLogin(session, asked.saveLoginTo));
  return { ...ended, ending, steps: stepRecords, stepMeasures, unrecordedSteps, finalUrl, savedLogin };
}

async function withNetwork(ending: HostResult['ending'], asked: JourneyRequest): Promise<HostResult['ending']> {
  if (ending.how !== 'threw') return ending;
  return { ...ending, error: await lookAtNetwork(ending.error, asked.target.baseUrl) };
}

function toResult({ session, given, asked, loaded }: Run, seen: Seen, cleanupFailures: readonly string[]): HostResult {
  const { ending, durationMs, finalUrl, savedLogin } = seen;
  const { recorder, vitals, traceId } = session;
  const measures: readonly Measure[] = [
    { name: 'duration', value: durationMs, unit: 'ms' },
    { name: 'console_errors', value: recorder.consoleErrors(), unit: 'count' },
    { name: 'failed_requests', value: recorder.failedRequests(), unit: 'count' },
    { name: 'cleanup_failures', value: cleanupFailures.length, unit: 'count' },
    ...seen.stepMeasures,
    ...given.own.measures(),
    ...vitals.measures(),
  ];
  return {
    ending,
    durationMs,
    steps: [...seen.steps],
    assertions: {
      passed: given.watched.passed(),
      absences: given.watched.absences(),
      shown: [...given.watched.shown()],
    },
    measures: measures.map(toMessage),
    unrecorded: seen.unrecordedSteps + vitals.unrecorded(),
    pagesLoaded: recorder.pagesLoaded(),
    otherPages: [...recorder.otherPages()],
    ...(finalUrl === undefined ? {} : { finalUrl }),
    facts: {
      ...recorder.facts(),
      ...vitals.facts(),
      ...(traceId === undefined ? {} : { traceId }),
      ...(cleanupFailures.length === 0 ? {} : { cleanup: cleanupFailures.join('; ') }),
    },
    artefacts: writtenArtefacts(asked.folder),
    sources: [...loaded.sources],
    savedLogin,
    // An abandoned journey may still be at work: nothing else should meet it.
    spent: seen.isAbandoned || ending.how === 'browser-crashed',
  };
}

function toMessage({ name, value, unit, labels }: Measure): HostResult['measures'][number] {
  return { name, value, unit, ...(labels === undefined ? {} : { labels: { ...labels } }) };
}

/** The page that the journey was on last; blank pages do not count. */
function lastUrl({ page, context }: Session): string | undefined {
  const urls = [page, ...context.pages()].map((open) => open.url());
  return urls.find((url) => url.startsWith('http'));
}

async function saveLogin({ context }: Session, path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  await writeFile(path, JSON.stringify(await context.storageState()), { mode: 0o600 });
  return true;
}

async function writeRecords({ recorder }: Session, folder: string): Promise<void> {
  const write = (name: 'console' | 'requests', value: object): Promise<void> =>
    writeFile(join(folder, ARTEFACT_FILES[name].file), JSON.stringify(value, undefined, 1));
  await Promise.all([write('console', recorder.console()), write('requests', recorder.requests())]);
}

function writtenArtefacts(folder: string): ArtefactName[] {
  const names: readonly ArtefactName[] = ['screenshot', 'console', 'requests', 'trace', 'har'];
  return names.filter((name) => existsSync(join(folder, ARTEFACT_FILES[name].file)));
}
