import { resolve } from 'node:path';
import type { RunContext } from '../../core/kind.ts';
import type { JourneyOptions } from './options.ts';
import type { JourneyRequest } from './protocol.ts';
import { VERSIONS } from './versions.ts';

/** What one run on a host needs to know besides the check: which journey, where its files go, how much time is left. */
export type RunPlan = {
  readonly file: string;
  readonly export: string;
  readonly folder: string;
  readonly remainingMs: number;
  readonly loginFile?: string;
  readonly saveLoginTo?: string;
};

/** Time kept back for the picture, clean-up and closing, so that the host ends before its hard deadline. */
function reserveOf(timeoutMs: number): number {
  return Math.min(10_000, Math.max(500, timeoutMs * 0.2));
}

/** The request to the host. Throws a VigieError for a secret that is not set or an origin that is not known. */
export function buildRequest(options: JourneyOptions, context: RunContext, plan: RunPlan): JourneyRequest {
  const { target, check } = context;
  const reserveMs = reserveOf(check.timeoutMs);
  const secrets = Object.entries(options.secrets).map(([name, ref]) => [name, context.secrets.resolve(ref)] as const);
  return {
    file: resolve(context.baseFolder, plan.file),
    export: plan.export,
    params: { ...options.params },
    secrets: Object.fromEntries(secrets),
    target: {
      name: target.name,
      baseUrl: target.baseUrl.replace(/\/$/, ''),
      environment: target.environment,
      origins: { ...target.origins },
    },
    deadlineMs: Math.max(200, plan.remainingMs - reserveMs),
    reserveMs,
    actionTimeoutMs: options.actionTimeout,
    navigationTimeoutMs: options.navigationTimeout,
    expectTimeoutMs: options.expectTimeout,
    settleMs: options.settle,
    device: options.device,
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    userAgentSuffix: ` Vigie/${VERSIONS.vigie} (synthetic)`,
    traceTo: options.traceTo.map((entry) => originOf(entry, context)),
    recording: options.recording === 'always' ? 'full' : context.recording,
    folder: plan.folder,
    ...(plan.loginFile === undefined ? {} : { loginFile: plan.loginFile }),
    ...(plan.saveLoginTo === undefined ? {} : { saveLoginTo: plan.saveLoginTo }),
  };
}

/** `'target'`, the name of a further origin, or a URL. Throws a RangeError for anything else. */
function originOf(entry: string, { target }: RunContext): string {
  if (entry === 'target') return new URL(target.baseUrl).origin;
  const named = Object.hasOwn(target.origins, entry) ? target.origins[entry] : undefined;
  const url = named ?? entry;
  if (URL.canParse(url)) return new URL(url).origin;
  const names = ['target', ...Object.keys(target.origins)].join(', ');
  throw new RangeError(`traceTo: '${entry}' is neither a URL nor an origin of target '${target.name}' (${names})`);
}
