import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import type { FitnessLook, Side } from '../../core/gate/result.ts';
import type { HostFingerprint } from '../../core/observation.ts';
import type { Plan } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { measureCpuFitness } from '../../process/cpu-fitness.ts';
import { acquireMachineLock } from '../../process/machine-lock.ts';
import { openLog } from '../adapters/log.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { openArtefactArea } from '../engine/artefact-area.ts';
import { executeCheck } from '../engine/execute-check.ts';
import { keepHeartbeats } from '../engine/heartbeat-keeper.ts';
import { openParts } from '../engine/open-parts.ts';
import { openRecording } from '../engine/recording.ts';
import { onInterrupt } from '../interrupt.ts';
import { openProgress, type ProgressView } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { Entry } from './entries.ts';

/** What a gate runs its samples with. */
export type GateSession = {
  /** Fires when the gate is interrupted. */
  readonly cancel: AbortSignal;
  readonly host: HostFingerprint;
  readonly progress: ProgressView;
  readonly scrub: (text: string) => string;
  readonly say: (line: string) => void;
  /** Runs a check once on one side. Budgets are the gate's to judge: the run says only whether what is asserted holds. */
  execute(entry: Entry, side: Side, recording?: 'full'): Promise<Run>;
  /** An artefact by its name in a result; undefined when it is not there, or too large to be read at once. */
  readArtefact(file: string): Promise<Uint8Array | undefined>;
  /** Takes what the exclusive lane needs for as long as `work` takes; `busy` tells who has it when nobody waits. */
  alone<T>(what: string, work: () => Promise<T>): Promise<T | { readonly busy: string }>;
  lookAtFitness(when: FitnessLook['when']): Promise<readonly FitnessLook[]>;
  /** Resolves when all runs are recorded, with what could not be. */
  recorded(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** A tenth of a second each; one alone may meet a burst. */
const LOOKS = 3;

export type SessionInput = {
  readonly candidate: Plan;
  readonly base: Plan | undefined;
  /** Data folder of the gate: runs, evidence and what runners keep. */
  readonly folder: string;
  readonly armed: boolean;
  readonly wait: boolean;
};

export async function openGateSession(input: SessionInput, terminal: Terminal): Promise<GateSession> {
  const plan = planOfBoth(input);
  const secrets = openSecrets({ environment: process.env, folder: plan.folder });
  const log = openLog({ level: process.env.VIGIE_LOG_LEVEL ?? 'warn', scrub: secrets.scrub });
  const recording = await openRecording(plan, log);
  const area = await openArtefactArea(input.folder, log);
  const heartbeats = keepHeartbeats({ lastPings: [], listenerSpans: [], cursors: [] });
  const opened = openParts({ plan: () => plan, log, secrets, artefacts: area, heartbeats });
  const cancel = new AbortController();
  const release = onInterrupt(cancel, terminal);
  const progress = openProgress(terminal, () => realClock.monotonic());
  const failures: string[] = [];
  const records: Promise<void>[] = [];

  async function execute({ check, base, kind }: Entry, side: Side, asRecorded?: 'full'): Promise<Run> {
    const asked = side === 'base' && base !== undefined ? base : check;
    const run = await executeCheck(
      {
        check: unjudged(asked),
        kind,
        trigger: 'gate',
        cancel: cancel.signal,
        armed: input.armed,
        ...(asRecorded === undefined ? {} : { recording: asRecorded }),
      },
      opened.parts,
    );
    // The next run need not wait for the disk: one of the other side is written beside the one after it just the same.
    records.push(
      recording.record(run).catch((error: unknown) => {
        failures.push(`${check.id} was not recorded: ${messageOf(error)}`);
      }),
    );
    return run;
  }

  return {
    cancel: cancel.signal,
    host: opened.parts.host.fingerprint,
    progress,
    scrub: secrets.scrub,
    say: terminal.say,
    async recorded() {
      await Promise.all(records);
      return failures;
    },
    execute,
    readArtefact: (file) => readBounded(join(input.folder, file)),
    async alone(what, work) {
      const lock = await acquireMachineLock({
        what: `${what} of ${plan.folder}`,
        wait: input.wait,
        nowMs: realClock.now(),
        signal: cancel.signal,
        onWaiting: (holder) => terminal.say(`waiting for ${holder?.what ?? 'another heavy run'}`),
      });
      if (!lock.held) return { busy: lock.holder?.what ?? 'another heavy run' };
      try {
        return await work();
      } finally {
        lock.release();
      }
    },
    async lookAtFitness(when) {
      const looks: FitnessLook[] = [];
      for (let look = 0; look < LOOKS; look += 1) {
        const score = await measureCpuFitness();
        if (score !== undefined) looks.push({ when, score });
      }
      return looks;
    },
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

/** Both sides run with the settings of the candidate, in the folder of the gate; load may go where either side allows. */
function planOfBoth({ candidate, base, folder }: SessionInput): Plan {
  const { settings } = candidate;
  const loadAllow = [...new Set([...settings.loadAllow, ...(base?.settings.loadAllow ?? [])])];
  return { ...candidate, settings: { ...settings, dataFolder: folder, loadAllow } };
}

/** Only what is asserted is judged run by run, and asked again before it counts. */
function unjudged(check: Check): Check {
  return { ...check, budgets: [], confirm: true };
}

const MOST_BYTES = 50_000_000;

async function readBounded(file: string): Promise<Uint8Array | undefined> {
  try {
    return (await stat(file)).size > MOST_BYTES ? undefined : await readFile(file);
  } catch {
    // Not kept: a full disk, or retention. What it would have explained is left unsaid.
    return undefined;
  }
}
