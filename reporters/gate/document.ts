import { z } from 'zod';
import { COMPARISONS } from '../../core/budget.ts';
import { CHECK_KINDS } from '../../core/check.ts';
import { BLAMES } from '../../core/fault.ts';
import { BASELINES, GATE_STATUSES, type GateResult, PURPOSES, SIDES, STAGES } from '../../core/gate/result.ts';
import { TAINTS } from '../../core/observation.ts';
import { UNITS } from '../../core/units.ts';

const COMMANDS = ['gate', 'compare'] as const;
type GateCommand = (typeof COMMANDS)[number];
export type GateAbout = { readonly vigie: string; readonly exitCode: number; readonly command?: GateCommand };

/** What `vigie gate --json` and `vigie compare --json` print: one stable document; `schemaVersion` rises when a field changes meaning. */
export type GateDocument = {
  readonly schemaVersion: 1;
  readonly command: GateCommand;
  readonly vigie: string;
  readonly exitCode: number;
} & GateResult;

export function gateDocument(result: GateResult, { command = 'gate', ...about }: GateAbout): GateDocument {
  return { schemaVersion: 1, command, ...about, ...result };
}

const text = (description: string) => z.string().describe(description);
const instant = z.number().describe('Milliseconds since 1970-01-01T00:00Z.');
const milliseconds = z.number().min(0).describe('Milliseconds.');
const share = z.number().min(0).max(1);
/** JSON has no word for what cannot be told, such as a share of a baseline of 0: it is `null` there. */
const measured = z.number().nullable();

const side = z.object({
  median: z.number(),
  values: z.array(z.number()).describe('One for each pair, in their order.'),
});

const rowFields = {
  check: text('Id of the check.'),
  kind: z.enum(CHECK_KINDS),
  stage: z.enum(STAGES),
  name: text('Unique in a check.'),
  measure: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  unit: z.enum(UNITS).describe('Unit of all values: ms, bytes, ratio (0.05 is 5 %), count, score, per_second.'),
  better: z.enum(['lower', 'higher']),
  candidate: side,
  evidence: z.array(z.string()).describe('Ids of runs in `checks[].runs`, the most telling first.'),
  explanations: z.array(z.string()).describe('What is different on the slower side, the most telling first.'),
};

const relativeRow = z.object({
  type: z.literal('relative'),
  ...rowFields,
  base: side,
  change: z
    .object({ estimate: measured, low: measured, high: measured })
    .describe('From the baseline: shares of it when `effect.ratio`, else in `unit`. Above zero is larger, not worse.'),
  effect: z
    .object({ by: z.number(), ratio: z.boolean() })
    .describe('The least change that matters, counted as `change` is.'),
  declared: z.boolean().describe('Whether the configuration asks for it.'),
  verdict: z.enum(['regressed', 'not-regressed', 'undecided']),
});

const absoluteRow = z.object({
  type: z.literal('absolute'),
  ...rowFields,
  base: side.optional(),
  limit: z.object({ comparison: z.enum(COMPARISONS), value: z.number(), unit: z.enum(UNITS) }),
  level: z.enum(['warn', 'fail']),
  verdict: z.enum(['broken', 'kept', 'undecided']),
});

const run = z.object({
  id: z.string(),
  side: z.enum(SIDES),
  pair: z.int().min(-1).describe('0 for the first pair; -1 for a run that is no part of one.'),
  purpose: z.enum(PURPOSES).optional().describe('Why a run is no part of a pair.'),
  status: z.enum(['passed', 'degraded', 'failed', 'inconclusive', 'skipped']),
  taints: z.array(z.enum(TAINTS)),
  startedAt: instant,
  durationMs: milliseconds,
  artefacts: z.array(z.object({ kind: z.string(), file: text('Relative to the folder of the report.') })),
});

const check = z.object({
  check: text('Id of the check.'),
  kind: z.enum(CHECK_KINDS),
  name: z.string(),
  stage: z.enum(STAGES),
  status: z.enum(['measured', 'broken', 'base-broken', 'not-measured', 'not-run']),
  reasons: z.array(z.string()),
  blame: z.enum(BLAMES).optional(),
  runs: z.array(run),
});

const calibration = z.object({
  gates: z.int().min(0),
  falseAlarms: z.int().min(0),
  falseAlarmAtMost: share.describe('Upper end of the one-sided 95 % interval of the false-alarm rate.'),
  noise: z.number().describe('Median over measures of the standard deviation of one paired log-ratio.'),
  pairs: z.int().min(0),
  at: instant,
  fingerprint: z.string(),
});

const runner = z.object({
  host: z.object({
    platform: z.string(),
    arch: z.string(),
    cpuModel: z.string(),
    cores: z.int(),
    memoryBytes: z.number(),
  }),
  tools: z.record(z.string(), z.string()),
  fitness: z.array(z.object({ when: z.enum(['before', 'during', 'after']), score: z.number() })),
  taintedShare: share,
  unfit: text('Why this machine was in no state to measure.').optional(),
});

/** The document as a schema; published as `docs/schemas/gate.v1.json`. Fields may be added under the same version. */
export const GATE_DOCUMENT = z
  .object({
    schemaVersion: z.literal(1),
    command: z.enum(COMMANDS),
    vigie: text('Version of Vigie.'),
    exitCode: z.int(),
    status: z.enum(GATE_STATUSES),
    reason: text('Why, one sentence for a person.'),
    blame: z.enum(BLAMES).optional().describe('Who is to blame when nothing could be decided; never the candidate.'),
    baseline: z.enum(BASELINES),
    urls: z.object({ candidate: z.string(), base: z.string().optional() }),
    startedAt: instant,
    durationMs: milliseconds,
    maxDurationMs: milliseconds.describe('Milliseconds; 0 where everything was measured earlier.'),
    rows: z.array(z.discriminatedUnion('type', [relativeRow, absoluteRow])).describe('The worst first.'),
    checks: z.array(check),
    rates: z.object({
      falseAlarm: share.describe('Chance that a release that changes nothing fails, over the whole gate.'),
      miss: share.describe('Chance that one measure that is worse by its least effect passes.'),
      calibrated: calibration.optional().describe('What gating the baseline against itself showed.'),
    }),
    runner,
    notes: z.array(z.string()),
  })
  .describe('What `vigie gate --json` and `vigie compare --json` print.');

/** As JSON Schema (draft 2020-12). Readers must not mind fields they do not know. */
export function gateJsonSchema(): unknown {
  return { title: 'vigie gate, version 1', ...z.toJSONSchema(GATE_DOCUMENT, { io: 'input' }) };
}
