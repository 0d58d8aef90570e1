import type { Fault } from '../core/fault.ts';
import type { RunContext } from '../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../core/observation.ts';
import { runProcess } from '../process/run-process.ts';
import { withTempFolder } from '../process/temp-folder.ts';
import type { ResolveName } from './address-allow.ts';
import { isolation, type RunFiles, runArguments } from './arguments.ts';
import { keepArtefacts } from './artefacts.ts';
import { makeFiles } from './files.ts';
import { type ReadSystemFile, watchGenerator } from './generator.ts';
import { isFault, refuseOverrides } from './inspect.ts';
import { LogReader } from './log.ts';
import { type Executed, observe } from './observe.ts';
import type { LoadOptions } from './options.ts';
import { readSummary } from './parse.ts';
import { type Prepared, prepare } from './prepare.ts';
import { ProgressReader } from './progress.ts';

/** What a run touches of the machine besides child processes and its temp folder. */
export type Machine = {
  readonly resolveName: ResolveName;
  readonly readSystemFile: ReadSystemFile;
  readonly cores: number;
};

/** k6 needs this long after SIGTERM to run teardown() and to write its summary; see `killGraceOf`. */
const LONGEST_GRACE_MS = 10_000;
const OUTPUT_CAP_BYTES = 256 * 1024;

/** Runs the script once and turns what k6 says into an observation. Never throws for what script, target or tool do. */
export async function runLoad(options: LoadOptions, context: RunContext, machine: Machine): Promise<Observation> {
  const startMs = context.clock.monotonic();
  const prepared = await prepare(options, context, machine.resolveName);
  if (isFault(prepared)) return cannotRun(prepared, context);
  return withTempFolder('k6', async (folder) => {
    const files = await makeFiles(folder);
    const env = { ...prepared.env, ...isolation(files) };
    const inspection = { k6: prepared.k6.path, script: prepared.script, config: files.config, env };
    const refusal = await refuseOverrides(options, { ...inspection, signal: context.signal });
    if (refusal !== undefined) return cannotRun(refusal, context);
    const elapsedMs = context.clock.monotonic() - startMs;
    const executed = await execute(options, context, { prepared, env, files, folder, machine, elapsedMs });
    const summary = await readSummary(files.summary);
    const artefacts = await keepArtefacts(executed.ending, summary, context);
    return observe(executed, summary, { options, context, artefacts, k6: prepared.k6.version, cores: machine.cores });
  });
}

/** Part of the whole time: the inner deadline must be over before the engine's own. */
function killGraceOf(timeoutMs: number): number {
  return Math.min(LONGEST_GRACE_MS, Math.ceil(timeoutMs / 10));
}

function cannotRun(why: Fault, { secrets }: RunContext): Observation {
  return { ...EMPTY_OBSERVATION, fault: { ...why, message: secrets.scrub(why.message) } };
}

type Execution = {
  readonly prepared: Prepared;
  readonly env: Readonly<Record<string, string>>;
  readonly files: RunFiles;
  readonly folder: string;
  readonly machine: Machine;
  readonly elapsedMs: number;
};

async function execute(options: LoadOptions, context: RunContext, execution: Execution): Promise<Executed> {
  const { prepared, env, files, folder, machine, elapsedMs } = execution;
  const log = new LogReader();
  const progress = new ProgressReader(context.progress);
  const killGraceMs = killGraceOf(context.check.timeoutMs);
  const deadlineMs = Math.max(1, Math.floor(context.check.timeoutMs - killGraceMs - elapsedMs));
  const stopWatching = watchGenerator(context.clock, machine.readSystemFile);
  const ending = await runProcess({
    command: prepared.k6.path,
    args: runArguments(options, { script: prepared.script, files, blocked: prepared.blocked }),
    cwd: files.work,
    env,
    deadlineMs,
    killGraceMs,
    signal: context.signal,
    stdoutCapBytes: OUTPUT_CAP_BYTES,
    stderrCapBytes: OUTPUT_CAP_BYTES,
    onStdoutLine: (line) => progress.add(line),
    onStderrLine: (line) => log.add(line),
    recordIn: folder,
  });
  return { ending, log: log.finish(), output: progress.finish(), generator: await stopWatching(), deadlineMs };
}
