import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDuration } from '../../core/duration.ts';
import { ConfigError, EXIT, type ExitCode } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import { formatQuantity } from '../../core/units.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openSecrets } from '../adapters/secrets.ts';
import { openTools } from '../adapters/tools.ts';
import { calibrate } from '../gate/calibrate.ts';
import { readCalibrations } from '../gate/calibrations.ts';
import { type Chosen, chooseEntries } from '../gate/entries.ts';
import { describeTotal, estimateStages, type StageEstimate } from '../gate/estimate.ts';
import { exitOfGate } from '../gate/exit-of.ts';
import type { GateOptions } from '../gate/gate-options.ts';
import { readStoredBase, storedSample } from '../gate/history.ts';
import { report } from '../gate/report.ts';
import { type GateInput, runGate, unstarted } from '../gate/run-gate.ts';
import { type GateSession, openGateSession } from '../gate/session.ts';
import { loadSides, type Sides, startSides } from '../gate/sides.ts';
import { sliced } from '../gate/slice.ts';
import type { Terminal } from '../terminal.ts';

/** `vigie gate`: holds a release against what is in production and against its budgets, and says how sure it is. */
export async function gate(options: GateOptions, terminal: Terminal): Promise<ExitCode> {
  const sides = sidesFor(await loadSides(options), options);
  const folder = resolve(options.out ?? sides.candidate.settings.gate.folder);
  const chosen = choose(sides, options);
  for (const problem of chosen.problems) terminal.say(terminal.paint.warn(problem));
  if (chosen.problems.length > 0 || chosen.entries.length === 0) {
    terminal.say(terminal.paint.warn('nothing was measured'));
    return EXIT.inconclusive;
  }
  const prepared = await prepare(sides, chosen, options);
  sayEstimates(prepared.estimates, prepared.maxDurationMs, terminal);
  if (options.plan === true) return EXIT.passed;
  mkdirSync(folder, { recursive: true });
  const { arm: armed = false, wait } = options;
  const session = await openGateSession({ ...sides, folder, armed, wait }, terminal);
  try {
    return await carryOut(
      { ...prepared, calibrations: readCalibrations(folder) },
      { sides, folder, options, session, terminal },
    );
  } finally {
    await session.close();
  }
}

/** A calibration holds a deployment against itself. */
function sidesFor(sides: Sides, { calibrate: times }: GateOptions): Sides {
  if (times === undefined) return sides;
  const same = sides.base ?? sides.candidate;
  return { candidate: same, base: same, baseline: 'live' };
}

function choose({ candidate, base, baseline }: Sides, options: GateOptions): Chosen {
  const { only = [], tag: tags = [], arm: armed = false } = options;
  const sameSides = options.calibrate !== undefined;
  const chosen = chooseEntries({ candidate, base, only, tags, armed, sameSides });
  const unheeded = chosen.entries.filter(({ check }) => check.relativeBudgets.length > 0).map(({ check }) => check.id);
  if (baseline !== 'none' || unheeded.length === 0) return chosen;
  const note = `there is no baseline, so what 'noWorseThan' says is not judged: ${unheeded.join(', ')}`;
  return { ...chosen, notes: [...chosen.notes, note] };
}

type Prepared = Omit<GateInput, 'calibrations'>;

async function prepare(sides: Sides, { entries: chosen, notes }: Chosen, options: GateOptions): Promise<Prepared> {
  const { candidate } = sides;
  const { folder: baseFolder, settings } = candidate;
  const services = {
    tools: openTools(process.env),
    secrets: openSecrets({ environment: process.env, folder: baseFolder }),
    baseFolder,
    now: realClock.now(),
  };
  const entries = await Promise.all(chosen.map((entry) => sliced(entry, settings.gate.sliceMs, services)));
  return {
    ...sides,
    entries,
    notes,
    estimates: await estimateStages(entries, candidate, services),
    maxDurationMs: maxDurationOf(options, candidate),
    failFast: options.failFast ?? false,
    evenUnfit: options.evenUnfit ?? false,
    random: drawn,
    history: undefined,
  };
}

type Setting = {
  readonly sides: Sides;
  readonly folder: string;
  readonly options: GateOptions;
  readonly session: GateSession;
  readonly terminal: Terminal;
};

async function carryOut(input: GateInput, { sides, folder, options, session, terminal }: Setting): Promise<ExitCode> {
  const started = await startSides(sides, options, session);
  try {
    if (started.problems.length === 0 && options.calibrate !== undefined)
      return await calibrate(input, { times: options.calibrate, folder, session, terminal });
    const result =
      started.problems.length > 0
        ? unstarted(input, started.problems, session)
        : await runGate(withHistory(input, session), session);
    const exitCode = exitOfGate(result.status, options.undecided ?? sides.candidate.settings.gate.undecided);
    return await report({
      result,
      exitCode,
      folder,
      verbose: options.verbose ?? false,
      terminal,
      environment: process.env,
    });
  } finally {
    await started.stop();
  }
}

function withHistory(input: GateInput, session: GateSession): GateInput {
  if (input.baseline !== 'history') return input;
  const stored = readStoredBase(input.candidate, session.host, input.random);
  return {
    ...input,
    history: (entry, round, run) => storedSample(stored, entry, round, run),
    notes: [
      ...input.notes,
      'the baseline was measured earlier: whatever else has changed on the way to the target counts for the release',
    ],
  };
}

const LEAST_DURATION_MS = 1_000;

function maxDurationOf({ maxDuration }: GateOptions, { settings }: Plan): number {
  if (maxDuration === undefined) return settings.gate.maxDurationMs;
  const parsed = parseDuration(maxDuration);
  if (parsed !== undefined && parsed >= LEAST_DURATION_MS) return parsed;
  const message = `'${maxDuration}' is not a duration of at least 1 s`;
  throw new ConfigError([{ path: '--max-duration', message, hint: "write e.g. '5m'" }]);
}

function sayEstimates(estimates: readonly StageEstimate[], maxDurationMs: number, terminal: Terminal): void {
  for (const { stage, checks, roundMs } of estimates)
    terminal.say(
      `${stage}: ${checks} ${checks === 1 ? 'check' : 'checks'}, ${formatQuantity(roundMs, 'ms')} for one round`,
    );
  terminal.say(`this gate takes ${describeTotal(estimates, maxDurationMs)}`);
}

/** Which signs are drawn does not matter, as the observed assignment always counts. */
function drawn(): number {
  return randomBytes(4).readUInt32LE() / 2 ** 32;
}
