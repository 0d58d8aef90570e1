import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openArtefactArea } from '../../app/engine/artefact-area.ts';
import type { EngineParts } from '../../app/engine/engine-parts.ts';
import { executeCheck } from '../../app/engine/execute-check.ts';
import { openParts } from '../../app/engine/open-parts.ts';
import { secretsOf } from '../../app/engine/testing/parts.ts';
import { exitCodeOf } from '../../app/exit.ts';
import type { CheckInput } from '../../app/index.ts';
import { KINDS } from '../../app/kinds.ts';
import { PLAN_DEPENDENCIES } from '../../app/load-plan.ts';
import { buildPlan, type PlanResult } from '../../config/build-plan.ts';
import { EXIT, type ExitCode, formatDiagnostic } from '../../core/errors.ts';
import { type Blame, FAULTS, type FaultCode } from '../../core/fault.ts';
import { judge, type Rules } from '../../core/judge.ts';
import type { HeartbeatSource, ToolFound, ToolMissing, ToolName } from '../../core/kind.ts';
import { SILENT_LOG } from '../../core/log.ts';
import type { Observation } from '../../core/observation.ts';
import { decisive, type Run } from '../../core/run.ts';
import { assertNames } from '../../core/testing/assert-names.ts';

export type TrialsInput = {
  /** The target's base URL. */
  readonly url: string;
  /** Folder of the configuration, against which the files of checks are resolved. */
  readonly folder?: string;
  /** Tools that stand in for those of this machine. */
  readonly tools?: Partial<Record<ToolName, ToolFound | ToolMissing>>;
  readonly heartbeats?: HeartbeatSource;
};

/** How a check ended, as `vigie run` would tell it. */
export type Ended = {
  readonly exit: ExitCode;
  /** `config`: refused before it ran. */
  readonly how: FaultCode | 'config' | 'passed' | 'degraded' | 'failed' | 'skipped';
  readonly blame?: Blame;
  /** What a person is told. */
  readonly says: string;
  readonly run?: Run;
  /** Where in the configuration the problems are, when it was refused. */
  readonly at: readonly string[];
};

/** Runs checks as `vigie run` does: configuration, real kind, engine, judge, exit code. */
export type Trials = AsyncDisposable & {
  end(check: CheckInput): Promise<Ended>;
};

const NO_PINGS: HeartbeatSource = {
  lastPingAt: () => undefined,
  watchedSince: () => 0,
  listenerWasDown: () => false,
};

export async function openTrials({
  url,
  folder = join(import.meta.dirname, 'fixtures'),
  tools = {},
  heartbeats = NO_PINGS,
}: TrialsInput): Promise<Trials> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'vigie-no-false-green-'));
  const planOf = (check: CheckInput): PlanResult =>
    buildPlan(
      {
        value: {
          target: { name: 'site', url, environment: 'test' },
          defaults: { confirm: false },
          checks: [check],
          settings: { dataFolder, loadAllow: ['127.0.0.1'] },
        },
        file: join(folder, 'vigie.config.ts'),
        folder,
        overrides: {},
      },
      PLAN_DEPENDENCIES,
    );
  const { plan } = planOf({ kind: 'http', id: 'none', options: { manual: true } });
  assert.ok(plan);
  const artefacts = await openArtefactArea(dataFolder, SILENT_LOG);
  const secrets = secretsOf({ TOKEN: 'a-token-of-this-test' });
  const opened = openParts({ plan: () => plan, log: SILENT_LOG, secrets, artefacts, heartbeats });
  const find: EngineParts['tools']['find'] = async (name) => tools[name] ?? opened.parts.tools.find(name);
  const parts: EngineParts = { ...opened.parts, tools: { find } };
  return {
    async end(input) {
      const made = planOf({ ...input, options: { manual: true, ...input.options } });
      const [check] = made.plan?.checks ?? [];
      if (check === undefined) {
        const says = made.problems.map(formatDiagnostic).join('\n');
        return { exit: EXIT.badConfig, how: 'config', says, at: made.problems.map(({ path }) => path) };
      }
      const kind = KINDS.find((known) => known.kind === check.kind) ?? assert.fail();
      const run = await executeCheck({ check, kind, trigger: 'manual', cancel: new AbortController().signal }, parts);
      return endOf(run);
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      await artefacts.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function endOf(run: Run): Ended {
  const exit = exitCodeOf([run], { interrupted: false, reporterFailed: false });
  const { verdict } = run;
  if (verdict.status !== 'inconclusive')
    return { exit, how: verdict.status, says: JSON.stringify(verdict), run, at: [] };
  const { code, blame, message } = verdict.fault;
  return { exit, how: code, blame, says: message, run, at: [] };
}

/** One way to say "passed" without having measured, and how it must end instead. */
export type Row = {
  readonly name: string;
  readonly check: CheckInput;
  readonly ends: FaultCode | 'config' | 'failed';
  /** Default what the table of faults says. */
  readonly blame?: Blame;
} & Told;

/** By what is recognised that it ended so for the right reason: by values wherever there are any, else by the words. */
export type Told = {
  /** The path in the configuration that is refused. */
  readonly at?: string;
  /** The item of evidence of which nothing was seen. */
  readonly lacks?: string;
  /** The budget that has no samples. */
  readonly unseen?: string;
  /** Values that the message must name. */
  readonly names?: readonly string[];
  /** What the message must say where nothing else tells it from another one. */
  readonly says?: RegExp;
};

/** A test for each row: the fault or the refusal, the exit code, whose fault, and what a person is told. */
export function testRows(rows: readonly Row[], trials: () => Trials): void {
  for (const row of rows) {
    it(`${exitOf(row.ends) === EXIT.failed ? 'fails' : `is ${row.ends}`}: ${row.name}`, async () => {
      const ended = await trials().end(row.check);
      assert.equal(ended.how, row.ends, ended.says);
      assert.equal(ended.exit, exitOf(row.ends));
      assertTold(ended, row);
      if (row.ends !== 'config' && row.ends !== 'failed')
        assert.equal(ended.blame, row.blame ?? FAULTS[row.ends].blame);
    });
  }
}

/** At least one of them has to be told. */
export function assertTold(ended: Ended, { at, lacks, unseen, names = [], says }: Told): void {
  assert.ok(at ?? lacks ?? unseen ?? names[0] ?? says, 'it would agree with any reason');
  if (at !== undefined) assert.deepEqual(ended.at, [at], ended.says);
  if (lacks !== undefined) {
    assert.equal((ended.run === undefined ? undefined : decisive(ended.run))?.evidence[lacks]?.seen ?? 0, 0);
    assertNames(ended.says, [`saw 0 ${lacks}`]);
  }
  if (unseen !== undefined) {
    const budgets = ended.run?.budgets.filter(({ status }) => status === 'no-samples') ?? [];
    assert.deepEqual(
      budgets.map(({ budget, samples }) => [budget.name, samples]),
      [[unseen, 0]],
    );
    assertNames(ended.says, [`'${unseen}'`]);
  }
  assertNames(ended.says, names);
  if (says !== undefined) assert.match(ended.says, says);
}

function exitOf(ends: Row['ends']): ExitCode {
  if (ends === 'config') return EXIT.badConfig;
  return ends === 'failed' ? EXIT.failed : EXIT.inconclusive;
}

/**
 * The control of a table: the same set-up, done right, passes. Then each thing that it counted as seen is taken away, one
 * at a time: what was not counted cannot be told from what did not happen, so none of these may pass.
 */
export async function passesByItsEvidence(check: CheckInput, trials: Trials): Promise<void> {
  const { how, says, run } = await trials.end(check);
  assert.equal(how, 'passed', says);
  const seen = run === undefined ? undefined : decisive(run);
  assert.ok(seen);
  const kind = KINDS.find((known) => known.kind === check.kind) ?? assert.fail();
  const { manual: _manual, budgets: _budgets, ...options } = check.options;
  needsEachItem(seen, { budgets: [], evidence: kind.evidence(kind.schema.parse(options)) });
}

export function needsEachItem(observation: Observation, rules: Rules): void {
  assert.equal(judge(observation, rules).verdict.status, 'passed');
  assert.ok(rules.evidence.length > 0);
  for (const { item } of rules.evidence) {
    const { [item]: _taken, ...evidence } = observation.evidence;
    const { verdict } = judge({ ...observation, evidence }, rules);
    assert.equal(verdict.status, 'inconclusive', `without '${item}'`);
    assert.match(verdict.status === 'inconclusive' ? verdict.fault.message : '', new RegExp(item));
  }
}
