import { resolve } from 'node:path';
import type { Check, IncidentRule, MaintenanceWindow, Schedule, Target } from '../core/check.ts';
import type { Diagnostic } from '../core/errors.ts';
import { checkId, isId } from '../core/identifiers.ts';
import type { Kind } from '../core/kind.ts';
import { isOwnCause } from '../core/shared-cause.ts';
import { suggest } from '../core/suggest.ts';
import { parseBudgets } from './budgets.ts';
import { type CommonOptions, commonSchema } from './common-schema.ts';
import type { CheckInput } from './define.ts';
import { diagnose } from './diagnose.ts';
import { contentHash } from './freeze.ts';

/** Rules about time that the scheduler owns. */
export type ScheduleRules = {
  /** What is wrong with a cron expression in a zone; `undefined` when nothing is. */
  readonly cronProblem: (expression: string, zone: string) => string | undefined;
  /** Milliseconds into the interval at which a check's slots lie, so that checks spread. */
  readonly spreadOffset: (id: string, everyMs: number) => number;
};

export type CheckContext = {
  readonly targets: readonly Target[];
  readonly channels: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly dependencies: ScheduleRules & {
    readonly kinds: readonly Kind[];
    readonly fileExists: (path: string) => boolean;
  };
};

type Built = { readonly check?: Check; readonly problems: readonly Diagnostic[] };
type Parts = {
  readonly input: CheckInput;
  readonly kind: Kind;
  readonly common: CommonOptions;
  readonly options: unknown;
  readonly path: string;
};

/** Makes one check, or all that is wrong with it. */
export function buildCheck(input: CheckInput, index: number, context: CheckContext): Built {
  const path = `checks[${index}] (${input.id})`;
  const kind = context.dependencies.kinds.find((known) => known.kind === input.kind);
  if (kind === undefined) return { problems: [unknownKind(input, path, context)] };
  const { common: commonInput, own } = splitOptions(input, context.defaults);
  const common = commonSchema.safeParse(commonInput);
  const options = kind.schema.safeParse(own);
  const commonKeys = Object.keys(commonSchema.shape);
  const problems = [
    ...(isOwnCause(input.id)
      ? [
          {
            path,
            message: `'${input.id}' is not free`,
            hint: "ids that begin with 'vigie.' are those of the monitor itself",
          },
        ]
      : []),
    ...(isId(input.id)
      ? []
      : [
          {
            path,
            message: `'${input.id}' is not an id`,
            hint: "lower-case letters, digits, '.', '_' and '-', 80 at most",
          },
        ]),
    ...(common.success ? [] : diagnose(common.error, commonSchema, path)),
    ...(options.success ? [] : diagnose(options.error, kind.schema, path, commonKeys)),
  ];
  if (!common.success || !options.success) return { problems };
  const parts: Parts = { input, kind, common: common.data, options: options.data, path };
  const schedule = buildSchedule(parts, context);
  const budgets = parseBudgets(common.data.budgets, kind.measures, path);
  const target = chooseTarget(parts, context);
  const all = [
    ...problems,
    ...budgets.problems,
    ...schedule.problems,
    ...target.problems,
    ...furtherProblems(parts, context),
  ];
  if (all.length > 0 || schedule.schedule === undefined || target.target === undefined) return { problems: all };
  const check = assemble(parts, context, {
    schedule: schedule.schedule,
    target: target.target,
    budgets: budgets.budgets,
    relativeBudgets: budgets.relativeBudgets,
  });
  return { check: { ...check, hash: contentHash(check) }, problems: [] };
}

/** Common options stand beside the kind's own; defaults fill the common ones, and one schedule given replaces another kind of default. */
function splitOptions(
  input: CheckInput,
  defaults: Readonly<Record<string, unknown>>,
): { readonly common: Record<string, unknown>; readonly own: Record<string, unknown> } {
  const common: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input.options))
    (Object.hasOwn(commonSchema.shape, key) ? common : own)[key] = value;
  const clock = ['every', 'cron', 'manual'];
  const ownClock = clock.some((key) => common[key] !== undefined);
  const inherited = Object.entries(defaults).filter(([key]) => !(ownClock && clock.includes(key)));
  return { common: { ...Object.fromEntries(inherited), ...common }, own };
}

function buildSchedule(
  { common, input, path }: Parts,
  { dependencies }: CheckContext,
): { readonly schedule?: Schedule; readonly problems: readonly Diagnostic[] } {
  const given = [
    common.every !== undefined && 'every',
    common.cron !== undefined && 'cron',
    common.manual === true && 'manual',
  ].filter((name) => name !== false);
  if (given.length !== 1) {
    const message = given.length === 0 ? 'no schedule' : `${given.join(' and ')} exclude each other`;
    return { problems: [{ path, message, hint: "give one of every: '30s', cron: '0 3 * * *' or manual: true" }] };
  }
  if (common.zone !== undefined && common.cron === undefined)
    return { problems: [{ path: `${path}.zone`, message: 'a zone without cron has no meaning' }] };
  if (common.every !== undefined) {
    return {
      schedule: {
        type: 'interval',
        everyMs: common.every,
        offsetMs: dependencies.spreadOffset(input.id, common.every),
      },
      problems: [],
    };
  }
  if (common.cron === undefined) return { schedule: { type: 'manual' }, problems: [] };
  const zone = common.zone ?? 'UTC';
  const problem = dependencies.cronProblem(common.cron, zone);
  if (problem !== undefined) return { problems: [{ path: `${path}.cron`, message: problem }] };
  return { schedule: { type: 'cron', expression: common.cron, zone }, problems: [] };
}

function chooseTarget(
  { common, path }: Parts,
  { targets }: CheckContext,
): { readonly target?: Target; readonly problems: readonly Diagnostic[] } {
  const target = common.target === undefined ? targets[0] : targets.find((known) => known.name === common.target);
  if (target !== undefined) return { target, problems: [] };
  if (common.target === undefined) return { problems: [] };
  return {
    problems: [
      {
        path: `${path}.target`,
        message: `there is no target '${common.target}'`,
        ...hintFor(
          common.target,
          targets.map((known) => known.name),
        ),
      },
    ],
  };
}

function furtherProblems(parts: Parts, context: CheckContext): readonly Diagnostic[] {
  const { common, kind, options, path } = parts;
  const missingFiles = kind
    .files(options)
    .filter((file) => !context.dependencies.fileExists(resolve(context.folder, file)))
    .map((file) => ({
      path,
      message: `the file '${file}' cannot be read`,
      hint: 'paths are relative to the configuration file',
    }));
  const unknownChannels = (common.channels ?? [])
    .filter((id) => !context.channels.includes(id))
    .map((id) => ({
      path: `${path}.channels`,
      message: `there is no channel '${id}'`,
      ...hintFor(id, context.channels),
    }));
  return [...missingFiles, ...unknownChannels, ...windowProblems(parts, context), ...incidentProblems(parts)];
}

function windowProblems({ common, path }: Parts, { dependencies }: CheckContext): readonly Diagnostic[] {
  return common.maintenance.flatMap((window, index) => {
    const where = `${path}.maintenance[${index}]`;
    if ('from' in window) return window.to > window.from ? [] : [{ path: where, message: 'ends before it begins' }];
    const problem = dependencies.cronProblem(window.cron, window.zone);
    return problem === undefined ? [] : [{ path: `${where}.cron`, message: problem }];
  });
}

function incidentProblems({ common, path }: Parts): readonly Diagnostic[] {
  const { failures, of } = common.incident;
  if (of === undefined || of >= failures) return [];
  return [
    {
      path: `${path}.incident.of`,
      message: `${failures} failures of ${of} runs can never be`,
      hint: `give 'of' at least ${failures}`,
    },
  ];
}

type Decided = Pick<Check, 'schedule' | 'target' | 'budgets' | 'relativeBudgets'>;

function assemble(
  { input, kind, common, options }: Parts,
  context: CheckContext,
  decided: Decided,
): Omit<Check, 'hash'> {
  const lane = kind.lane(options);
  return {
    ...decided,
    id: checkId(input.id),
    kind: kind.kind,
    name: common.name ?? input.id,
    timeoutMs: common.timeout ?? kind.defaultTimeoutMs,
    lane,
    severity: common.severity,
    tags: common.tags,
    retry: { count: common.retry.count, backoffMs: common.retry.backoff, backoffFactor: common.retry.factor },
    confirm: common.confirm ?? lane !== 'exclusive',
    overlap: common.overlap,
    catchUp: common.catchUp,
    maintenance: common.maintenance.map(makeWindow),
    incident: makeRule(common.incident),
    channels: common.channels ?? context.channels,
    ...(common.owner === undefined ? {} : { owner: common.owner }),
    ...(common.runbook === undefined ? {} : { runbook: common.runbook }),
    labels: {},
    options,
  };
}

function makeWindow(window: CommonOptions['maintenance'][number]): MaintenanceWindow {
  if ('from' in window) return { type: 'once', from: window.from, to: window.to, reason: window.reason };
  return {
    type: 'recurring',
    cron: window.cron,
    zone: window.zone,
    durationMs: window.duration,
    reason: window.reason,
  };
}

function makeRule({ failures, of, recoveries, onDegraded }: CommonOptions['incident']): IncidentRule {
  return { failures, of: of ?? failures, recoveries, onDegraded };
}

function unknownKind(input: CheckInput, path: string, context: CheckContext): Diagnostic {
  const known = context.dependencies.kinds.map((kind) => kind.kind);
  return { path: `${path}.kind`, message: `there is no kind '${input.kind}'`, ...hintFor(input.kind, known) };
}

function hintFor(typed: string, known: readonly string[]): { readonly hint: string } {
  const near = suggest(typed, known);
  return { hint: near === undefined ? `known: ${known.join(', ') || 'none'}` : `did you mean '${near}'?` };
}
