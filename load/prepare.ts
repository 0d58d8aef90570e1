import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Target } from '../core/check.ts';
import { messageOf, VigieError } from '../core/errors.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { RunContext } from '../core/kind.ts';
import { allowEnvironment } from '../process/environment.ts';
import { type Allowed, complementOf, type ResolveName, resolveAllowed } from './address-allow.ts';
import { overlaps } from './addresses.ts';
import { INHERITED, scriptEnvironment } from './arguments.ts';
import { isFault } from './inspect.ts';
import type { LoadOptions } from './options.ts';

/** Everything that is settled before k6 is started. */
export type Prepared = {
  readonly k6: { readonly path: string; readonly version: string };
  /** Absolute path. */
  readonly script: string;
  /** The child's environment, without what keeps k6 to itself. */
  readonly env: Readonly<Record<string, string>>;
  /** CIDR blocks that must not be connected to. */
  readonly blocked: readonly string[];
};

type Needed = Pick<RunContext, 'target' | 'tools' | 'secrets' | 'baseFolder'>;
type NeededToRun = Needed & Pick<RunContext, 'armed' | 'loadAllow'>;

/** Refuses what must not or cannot run, before one request is sent. */
export async function prepare(
  options: LoadOptions,
  context: NeededToRun,
  resolveName: ResolveName,
): Promise<Prepared | Fault> {
  if (context.target.production && !context.armed)
    return fault('not-armed', `'${context.target.name}' is a production target: arm the run explicitly to load it`);
  const found = await findParts(options, context);
  if (isFault(found)) return found;
  const entries = options.allow.length > 0 ? options.allow : (context.loadAllow ?? []);
  const allowed = await resolveAllowed(entries, resolveName);
  const refusal = await refuseTarget(entries, context.target, { allowed, resolveName });
  return refusal ?? { ...found, blocked: complementOf(allowed) };
}

/** The tool, the script and the environment; nothing is asked of the target or of a resolver. */
export async function findParts(options: LoadOptions, context: Needed): Promise<Omit<Prepared, 'blocked'> | Fault> {
  const k6 = await findK6(options, context);
  if (isFault(k6)) return k6;
  const script = resolve(context.baseFolder, options.script);
  const unreadable = await accessProblem(script);
  if (unreadable !== undefined) return fault('script-invalid', `the script ${script} cannot be read: ${unreadable}`);
  const env = resolveEnvironment(options, context);
  return isFault(env) ? env : { k6, script, env: env.variables };
}

/** k6 1.5 brought what we rely on; majors beyond 2 are unknown and refused rather than misread. */
async function findK6({ runTags }: LoadOptions, { tools }: Needed): Promise<Prepared['k6'] | Fault> {
  const tool = await tools.find('k6');
  if (!tool.found)
    return {
      ...fault('tool-missing', `k6 was not found (looked at ${tool.looked.join(', ')}): ${tool.mend}`),
      tool: 'k6',
    };
  const [major = 0, minor = 0] = tool.version.replace(/^v/, '').split('.').map(Number);
  if (!(major === 2 || (major === 1 && minor >= 5)))
    return fault('tool-version', `k6 ${tool.version} at ${tool.path} is not supported: use 1.5 or later, or 2.x`);
  if (Object.keys(runTags).length > 0 && (major < 2 || minor < 2))
    return fault(
      'tool-version',
      `runTags need k6 2.2, got ${tool.version}: earlier versions drop the script's own tags for them`,
    );
  return { path: tool.path, version: tool.version };
}

async function accessProblem(script: string): Promise<string | undefined> {
  try {
    await access(script);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function resolveEnvironment(
  options: LoadOptions,
  { target, secrets }: Needed,
): { readonly variables: Prepared['env'] } | Fault {
  try {
    return { variables: allowEnvironment(INHERITED, scriptEnvironment(options, target, secrets)) };
  } catch (error) {
    if (error instanceof VigieError && error.code === 'secret-missing') return fault('secret-missing', error.message);
    throw error;
  }
}

/** k6 enforces the list; this only says it in words before anything starts, when nothing of the target is on it. */
async function refuseTarget(
  entries: readonly string[],
  target: Target,
  { allowed, resolveName }: { readonly allowed: Allowed; readonly resolveName: ResolveName },
): Promise<Fault | undefined> {
  const hosts = [target.baseUrl, ...Object.values(target.origins)].map(hostOf);
  const { blocks, unresolved } = await resolveAllowed(hosts, resolveName);
  if (blocks.some((block) => allowed.blocks.some((other) => overlaps(block, other)))) return undefined;
  const lost = [...new Set([...unresolved, ...allowed.unresolved])];
  const trouble = lost.length === 0 ? '' : `; no address was found for ${lost.join(', ')}`;
  if (blocks.length === 0) return fault('resolver-down', `no host of the target can be loaded${trouble}`);
  const listed = entries.length === 0 ? 'the allow-list is empty' : `the allow-list is ${entries.join(', ')}`;
  return fault('not-allowed', `load may not be sent to ${hosts.join(', ')}: ${listed}${trouble}`);
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
