import { ConfigError } from '../../core/errors.ts';
import type { Baseline } from '../../core/gate/result.ts';
import type { Plan } from '../../core/plan.ts';
import { loadPlan } from '../load-plan.ts';
import type { GateOptions } from './gate-options.ts';
import type { GateSession } from './session.ts';
import { type StartedSide, startSide } from './start-side.ts';

/** The same configuration, once for each side: what it aims at is all that differs. */
export type Sides = { readonly candidate: Plan; readonly base: Plan | undefined; readonly baseline: Baseline };

export async function loadSides(options: GateOptions): Promise<Sides> {
  const candidate = await loadPlan(options, process.env);
  const { baseline } = candidate.settings.gate;
  const asked = options.baseline ?? [baseline ?? 'none'];
  const [word] = asked;
  if (word === 'none' || word === 'history') {
    if (asked.length > 1)
      throw new ConfigError([{ path: '--baseline', message: `'${word}' stands alone, got ${asked.join(' ')}` }]);
    return { candidate, base: undefined, baseline: word };
  }
  const { environment, config } = options;
  const base = await loadPlan(
    {
      target: asked,
      ...(environment === undefined ? {} : { environment }),
      ...(config === undefined ? {} : { config }),
    },
    process.env,
  );
  return { candidate, base, baseline: 'live' };
}

/** A build server may compile before it answers. */
const READY_WITHIN_MS = 120_000;

export type StartedSides = {
  readonly problems: readonly string[];
  stop(): Promise<void>;
};

/** Starts what the command line says how to start; the other side is there already. */
export async function startSides(
  { candidate, base }: Sides,
  options: GateOptions,
  session: GateSession,
): Promise<StartedSides> {
  const started: StartedSide[] = [];
  const begin = async (
    command: string | undefined,
    waitOn: string | undefined,
    plan: Plan | undefined,
  ): Promise<void> => {
    if (command === undefined) return;
    const url = waitOn ?? plan?.checks[0]?.target.baseUrl;
    if (url === undefined)
      throw new ConfigError([
        { path: '--baseline-start', message: 'there is no baseline to start: give --baseline, too' },
      ]);
    session.say(`starting '${command}', waiting for ${url}`);
    started.push(await startSide({ command, waitOn: url, cancel: session.cancel, withinMs: READY_WITHIN_MS }));
  };
  await begin(options.baselineStart, options.baselineWaitOn, base);
  await begin(options.start, options.waitOn, candidate);
  return {
    problems: started.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    async stop() {
      for (const side of started) await side.stop();
    },
  };
}
