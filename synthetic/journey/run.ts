import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, VigieError } from '../../core/errors.ts';
import { FAULTS, type FaultCode, fault } from '../../core/fault.ts';
import type { KindServices, RunContext } from '../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation, type Taint } from '../../core/observation.ts';
import { buildRequest, type RunPlan } from './arguments.ts';
import { collectArtefacts } from './artefacts.ts';
import { watchDeadline } from './deadline.ts';
import type { JourneyEnding } from './endings.ts';
import type { Host, HostOutcome } from './host.ts';
import { type Logins, openLogins, withLoginValues } from './login.ts';
import type { JourneyOptions } from './options.ts';
import { type RunReport, toObservation } from './parse.ts';
import { type HostPool, openPool } from './pool.ts';
import { ARTEFACT_FILES, type ArtefactName } from './protocol.ts';

/** What journey checks share: warm browsers and stored logins. */
export type JourneyEngine = { readonly pool: HostPool; readonly logins: Logins };

export function openJourneyEngine(services: KindServices): JourneyEngine {
  return { pool: openPool(services), logins: openLogins(services.stateFolder, services.clock) };
}

type Runner = {
  readonly options: JourneyOptions;
  readonly context: RunContext;
  readonly engine: JourneyEngine;
  readonly remainingMs: () => number;
  readonly signals: ReturnType<typeof watchDeadline>;
};
type Which = Pick<RunPlan, 'file' | 'export' | 'loginFile' | 'saveLoginTo'>;

/** Runs a journey once; once more on a fresh browser when that died, and once more when the stored login was refused. */
export async function runJourneyCheck(
  options: JourneyOptions,
  context: RunContext,
  engine: JourneyEngine,
): Promise<Observation> {
  const startMs = context.clock.monotonic();
  const remainingMs = (): number => context.check.timeoutMs - (context.clock.monotonic() - startMs);
  const signals = watchDeadline(context);
  const runner: Runner = { options, context, engine, remainingMs, signals };
  try {
    return toObservation(await runWithLogin(runner));
  } catch (error) {
    return refusal(error, context);
  } finally {
    signals.release();
  }
}

async function runWithLogin(runner: Runner): Promise<RunReport> {
  const { options, engine, context } = runner;
  const loginFile = engine.logins.fileFor(options, context);
  const which: Which = { file: options.file, export: options.export };
  if (options.login === undefined || loginFile === undefined) return runDespiteCrash(runner, which);
  const failedFirst = await makeLogin(runner, options.login, loginFile);
  if (failedFirst !== undefined) return failedFirst;
  const report = await runDespiteCrash(runner, { ...which, loginFile });
  if (report.ending.how !== 'logged-out') return report;
  await engine.logins.forget(loginFile);
  const failedAgain = await makeLogin(runner, options.login, loginFile);
  return failedAgain ?? runDespiteCrash(runner, { ...which, loginFile });
}

/** Makes the stored state when there is none, or an old one. Returns the report of a login that did not come about. */
async function makeLogin(
  runner: Runner,
  login: NonNullable<JourneyOptions['login']>,
  loginFile: string,
): Promise<RunReport | undefined> {
  const { logins } = runner.engine;
  return logins.oneAtATime(loginFile, async () => {
    if (await logins.isFresh(loginFile, login.maxAge)) return undefined;
    const report = await runDespiteCrash(runner, { file: login.file, export: login.export, saveLoginTo: loginFile });
    if (report.result?.savedLogin) return undefined;
    return { ...report, ending: loginEnding(report), facts: { ...report.facts, during: 'login' } };
  });
}

/** A login fails by its own fault unless the target was seen to be down: then no journey would have come further. */
function loginEnding({ ending }: RunReport): JourneyEnding {
  if (ending.how === 'threw' && (ending.error.kind === 'assertion' || ending.error.kind === 'timeout')) {
    return { how: 'logged-out', message: `the login journey failed: ${ending.error.message}` };
  }
  return ending;
}

async function runDespiteCrash(runner: Runner, which: Which): Promise<RunReport> {
  const beginMs = runner.remainingMs();
  const report = await runOnce(runner, which);
  const tookMs = beginMs - runner.remainingMs();
  const again = report.ending.how === 'browser-crashed' && runner.remainingMs() > tookMs;
  if (!again || runner.context.signal.aborted) return report;
  const second = await runOnce(runner, which);
  return { ...second, facts: { ...second.facts, browserRestarted: 'the first browser of this run died' } };
}

async function runOnce(runner: Runner, which: Which): Promise<RunReport> {
  const outcome = await runner.engine.pool.withHost((host) => runOnHost(runner, which, host));
  if (!('failed' in outcome)) return outcome;
  const { secrets } = runner.context;
  const nothing = {
    secrets,
    taints: [],
    facts: {},
    collected: { artefacts: [], dropped: [] },
    allowedOrigins: undefined,
  };
  return { ...nothing, ending: { how: 'no-host', ...outcome } };
}

async function runOnHost(
  { options, context, remainingMs, signals }: Runner,
  which: Which,
  host: Host,
): Promise<RunReport> {
  const folder = await host.runFolder();
  const request = buildRequest(options, context, { ...which, folder, remainingMs: remainingMs() });
  const outcome = await host.run(request, signals);
  const secrets = await withLoginValues(context.secrets, which.loginFile ?? which.saveLoginTo);
  const { text, truncated } = host.output();
  const ending = endingOf(outcome, { output: text, grantedMs: request.deadlineMs, timeoutMs: context.check.timeoutMs });
  const result = outcome.how === 'answered' ? outcome.result : outcome.measured;
  const names: ArtefactName[] = [...(result?.artefacts ?? [])];
  if (ending.how !== 'completed' && text.trim() !== '') {
    await writeFile(join(folder, ARTEFACT_FILES.log.file), text);
    names.push('log');
  }
  const taints: Taint[] = host.sandboxed ? [] : ['unsandboxed'];
  if (truncated) taints.push('output-truncated');
  return {
    ending,
    chromium: host.chromium,
    taints,
    collected: await collectArtefacts(folder, names, { ...context, secrets }),
    secrets,
    allowedOrigins: allowedOrigins(options, context),
    facts: outcome.how === 'answered' ? {} : { cleanup: 'it was cut off by the end of the host' },
    ...(result === undefined ? {} : { result }),
  };
}

type Circumstances = { readonly output: string; readonly grantedMs: number; readonly timeoutMs: number };

/** What was measured before the host was lost stands; without it the loss itself is the ending. */
function endingOf(outcome: HostOutcome, { output, grantedMs, timeoutMs }: Circumstances): JourneyEnding {
  const seen = outcome.how === 'answered' ? outcome.result : outcome.measured;
  if (seen?.ending.how === 'deadline' && grantedMs < timeoutMs / 2) return { how: 'starved', grantedMs, timeoutMs };
  if (outcome.how === 'answered') return outcome.result.ending;
  if (outcome.measured !== undefined) return outcome.measured.ending;
  const step = outcome.step === undefined ? {} : { step: outcome.step };
  return outcome.how === 'killed' ? { how: 'killed', ...step } : { how: 'gone', exit: outcome.exit, output, ...step };
}

function allowedOrigins({ staysOn }: JourneyOptions, { target }: RunContext): readonly string[] | undefined {
  if (staysOn === 'any') return undefined;
  return [target.baseUrl, ...Object.values(target.origins), ...staysOn].map((url) => new URL(url).origin);
}

function refusal(error: unknown, { secrets }: RunContext): Observation {
  const hint = error instanceof VigieError && error.hint !== undefined ? `; ${error.hint}` : '';
  const message = secrets.scrub(`${messageOf(error)}${hint}`);
  if (error instanceof VigieError && isFaultCode(error.code))
    return { ...EMPTY_OBSERVATION, fault: fault(error.code, message) };
  const code = error instanceof RangeError ? 'config-invalid' : 'internal';
  return { ...EMPTY_OBSERVATION, fault: fault(code, message) };
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}
