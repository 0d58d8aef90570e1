import type { Check, Lane } from '../../core/check.ts';
import { type ExitCode, messageOf } from '../../core/errors.ts';
import { fault } from '../../core/fault.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { acquireMachineLock, type LockHolder } from '../../process/machine-lock.ts';
import { describeRun } from '../../reporters/describe-run.ts';
import { openLog } from '../adapters/log.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { openArtefactArea } from '../engine/artefact-area.ts';
import type { EngineParts } from '../engine/engine-parts.ts';
import { executeCheck } from '../engine/execute-check.ts';
import { keepHeartbeats } from '../engine/heartbeat-keeper.ts';
import { openParts } from '../engine/open-parts.ts';
import { openRecording, RECORD_NOTHING, type Recording } from '../engine/recording.ts';
import { finishRuns, pushed } from '../finish-runs.ts';
import { onInterrupt } from '../interrupt.ts';
import { KINDS } from '../kinds.ts';
import { loadPlan } from '../load-plan.ts';
import { openProgress, type ProgressView } from '../progress.ts';
import { selectChecks } from '../select.ts';
import type { Terminal } from '../terminal.ts';
import { runDue } from './run-due.ts';
import type { RunOptions } from './run-options.ts';

/** `vigie run`, `load`, `audit`: runs checks now, cheap lanes first, and says how they ended, with evidence. */
export async function run(options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = await loadPlan(options, process.env);
  const candidates = plan.checks.filter((check) => isCandidate(check, options));
  const { checks, problems } = selectChecks(candidates, { ids: options.ids, tags: options.tag ?? [] });
  for (const problem of problems) terminal.say(terminal.paint.warn(problem));
  const command = options.only ?? 'run';
  if (problems.length > 0 && checks.length === 0)
    return finishRuns({ command, runs: [], problems, failures: [], interrupted: false }, terminal);
  if (options.due === true) return runDue({ plan, checks, problems, options }, terminal);
  const session = await openSession(plan, options, terminal);
  try {
    const runs = await runLanes(checks, session, options);
    const failures = [...session.failures, ...(await pushed(options.push, plan, runs))];
    return finishRuns({ command, runs, problems, failures, interrupted: session.cancel.aborted }, terminal);
  } finally {
    await session.close();
  }
}

/** Heartbeats only when named: `vigie start` alone hears the pings and can judge them. */
function isCandidate(check: Check, { only, ids }: RunOptions): boolean {
  if (only !== undefined && check.kind !== only) return false;
  return check.kind !== 'heartbeat' || ids.some((id) => id === check.id);
}

type Session = {
  readonly plan: Plan;
  readonly parts: EngineParts;
  readonly recording: Recording;
  readonly progress: ProgressView;
  readonly terminal: Terminal;
  readonly cancel: AbortSignal;
  readonly failures: string[];
  close(): Promise<void>;
};

async function openSession(plan: Plan, options: RunOptions, terminal: Terminal): Promise<Session> {
  const secrets = openSecrets({ environment: process.env, folder: plan.folder });
  const log = openLog({ level: process.env.VIGIE_LOG_LEVEL ?? 'warn', scrub: secrets.scrub });
  const recording = options.record ? await openRecording(plan, log) : RECORD_NOTHING;
  const area = await openArtefactArea(options.record ? plan.settings.dataFolder : undefined, log);
  const opened = openParts({
    plan: () => plan,
    log,
    secrets,
    artefacts: area,
    heartbeats: keepHeartbeats({ lastPings: [], listenerSpans: [], cursors: [] }),
  });
  const cancel = new AbortController();
  const release = onInterrupt(cancel, terminal);
  const progress = openProgress(terminal, () => realClock.monotonic());
  return {
    plan,
    recording,
    progress,
    terminal,
    parts: opened.parts,
    cancel: cancel.signal,
    failures: [],
    async close() {
      progress.close();
      release();
      await opened.close();
      await recording.close();
      await area.close();
      await log.close();
    },
  };
}

/** Cheap first. Within the light and browser lanes side by side, heavy runs one at a time on the whole machine. */
async function runLanes(checks: readonly Check[], session: Session, options: RunOptions): Promise<readonly Run[]> {
  const { lanes } = session.plan.settings;
  const widths: readonly (readonly [Lane, number])[] = [
    ['light', lanes.light],
    ['browser', lanes.browser],
    ['exclusive', 1],
  ];
  const runs: Run[] = [];
  for (const [lane, width] of widths) {
    const queue = checks.filter((check) => check.lane === lane);
    const worker = async (): Promise<void> => {
      for (let check = queue.shift(); check !== undefined && !session.cancel.aborted; check = queue.shift())
        runs.push(await runOne(check, session, options));
    };
    await Promise.all(Array.from({ length: width }, worker));
  }
  return runs;
}

async function runOne(check: Check, session: Session, options: RunOptions): Promise<Run> {
  const { progress, terminal } = session;
  progress.started(check.id);
  const run =
    check.lane === 'exclusive' ? await runExclusive(check, session, options) : await execute(check, session, options);
  progress.finished(check.id);
  progress.print(describeRun(run, check, terminal.paint));
  await session.recording
    .record(run)
    .catch((error: unknown) => session.failures.push(`${check.id} was not recorded: ${messageOf(error)}`));
  return run;
}

async function runExclusive(check: Check, session: Session, options: RunOptions): Promise<Run> {
  const lock = await acquireMachineLock({
    what: `${check.kind} check '${check.id}' of ${session.plan.folder}`,
    wait: options.wait,
    nowMs: realClock.now(),
    signal: session.cancel,
    onWaiting: (holder) => session.progress.progress(check.id, { text: `waiting for ${holderText(holder)}` }),
  });
  // Interrupted while it waited: the run says so, and not that the machine was busy.
  if (!lock.held && lock.reason === 'aborted') return execute(check, session, options);
  if (!lock.held) return execute(check, session, options, `${holderText(lock.holder)} holds the machine`);
  try {
    return await execute(check, session, options);
  } finally {
    lock.release();
  }
}

function holderText(holder: LockHolder | undefined): string {
  return holder === undefined ? 'another heavy run' : `${holder.what} (process ${holder.pid})`;
}

async function execute(check: Check, session: Session, options: RunOptions, busy?: string): Promise<Run> {
  const kind = KINDS.find((known) => known.kind === check.kind);
  if (kind === undefined) throw new TypeError(`no kind '${check.kind}'`);
  const refuse = AbortSignal.abort(fault('lane-busy', `Not run: ${busy ?? ''}`));
  return executeCheck(
    {
      check,
      kind,
      trigger: 'manual',
      cancel: busy === undefined ? session.cancel : refuse,
      armed: options.arm ?? false,
      onProgress: (progress) => session.progress.progress(check.id, progress),
    },
    session.parts,
  );
}
