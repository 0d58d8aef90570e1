import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { messageOf } from '../core/errors.ts';
import { type Fault, fault } from '../core/fault.ts';
import { runProcess } from '../process/run-process.ts';
import { inspectArguments } from './arguments.ts';
import { LogReader } from './log.ts';
import { hasOverrides, type LoadOptions } from './options.ts';

/** What a script asks for, by k6's own reckoning. */
export type LoadForecast = {
  /** Most virtual users at once. */
  readonly maxVus: number;
  /** The longest it may take, graceful stops included; an iterations-only script counts with k6's limit of 10 minutes. */
  readonly longestMs: number;
  readonly scenarios: readonly { readonly name: string; readonly executor: string }[];
  /** How many thresholds the script has; without one only budgets and the basic evidence judge it. */
  readonly thresholds: number;
};

type Inspection = {
  readonly k6: string;
  readonly script: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** It takes 50 ms; a script whose init code never ends must not hold us. */
const DEADLINE_MS = 30_000;

const scenarioSchema = z.object({ executor: z.string() });
const inspectSchema = z.object({
  scenarios: z.record(z.string(), scenarioSchema).nullable().default(null),
  thresholds: z.record(z.string(), z.array(z.unknown())).nullable().default(null),
  totalDuration: z.string().optional(),
  maxVUs: z.number().optional(),
});
type Inspected = z.output<typeof inspectSchema>;

export function isFault<T extends object>(value: T | Fault): value is Fault {
  return 'code' in value && 'blame' in value;
}

/** What `k6 inspect` says that the script needs; runs the script's init code and sends nothing. */
export async function forecast(inspection: Inspection): Promise<LoadForecast | Fault> {
  const inspected = await inspect(inspection, true);
  if (isFault(inspected)) return inspected;
  const longestMs = parseDuration(inspected.totalDuration ?? '');
  if (longestMs === undefined || inspected.maxVUs === undefined)
    return fault('tool-output', `k6 inspect gave no duration or no virtual users for ${inspection.script}`);
  return {
    maxVus: inspected.maxVUs,
    longestMs,
    scenarios: Object.entries(inspected.scenarios ?? {}).map(([name, { executor }]) => ({ name, executor })),
    thresholds: Object.values(inspected.thresholds ?? {}).reduce((sum, list) => sum + list.length, 0),
  };
}

/** The thresholds of a script, as k6 itself reads them; runs the script's init code and sends nothing. */
export async function inspectThresholds(inspection: Inspection): Promise<Readonly<Record<string, unknown>> | Fault> {
  const inspected = await inspect(inspection, false);
  return isFault(inspected) ? inspected : (inspected.thresholds ?? {});
}

/** k6 lets `--vus` and its like replace a script's scenarios silently, and then runs something that nobody wrote. */
export async function refuseOverrides(options: LoadOptions, inspection: Inspection): Promise<Fault | undefined> {
  if (!hasOverrides(options)) return undefined;
  const inspected = await inspect(inspection, false);
  if (isFault(inspected)) return inspected;
  // Without the requirements k6 shows what the script says: one with `vus` and `duration` has no scenarios.
  const names = Object.keys(inspected.scenarios ?? {}).toSorted();
  if (names.length === 0) return undefined;
  const message = `the script defines scenarios (${names.join(', ')}), which vus, duration, iterations or stages of the check would replace: size them in the script by 'env' instead`;
  return fault('config-invalid', message);
}

async function inspect(inspection: Inspection, withRequirements: boolean): Promise<Inspected | Fault> {
  const { k6, script, config, env, signal } = inspection;
  const log = new LogReader();
  const ending = await runProcess({
    command: k6,
    args: inspectArguments(script, config, withRequirements),
    env,
    deadlineMs: DEADLINE_MS,
    killGraceMs: 1_000,
    signal,
    onStderrLine: (line) => log.add(line),
  });
  if (ending.how === 'notStarted') return fault('tool-missing', `k6 could not be started: ${ending.message}`);
  if (ending.how !== 'exited')
    return fault('script-hung', `k6 inspect of ${script} did not end within ${DEADLINE_MS} ms`);
  if (ending.code === 0) return parseInspection(ending.stdout, script);
  const { exceptions, errors, raw } = log.finish();
  const said = exceptions.first ?? errors[0] ?? raw[0] ?? `k6 inspect ended with exit code ${ending.code}`;
  return fault(ending.code === 104 ? 'config-invalid' : 'script-invalid', `the script could not be loaded: ${said}`);
}

function parseInspection(text: string, script: string): Inspected | Fault {
  try {
    const parsed = inspectSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    return fault('tool-output', `k6 inspect of ${script} has another shape: ${z.prettifyError(parsed.error)}`);
  } catch (error) {
    return fault('tool-output', `k6 inspect of ${script} is not JSON: ${messageOf(error)}`);
  }
}
