import { join } from 'node:path';
import { z } from 'zod';
import type { IncidentRule } from '../../core/check.ts';
import { Sqlite } from '../../process/sqlite.ts';
import { type Launched, launchVigie, makeWorkspace, until, type Workspace } from '../e2e/vigie-process.ts';
import { type Audit, type AuditedCheck, auditLedger } from './audit-ledger.ts';
import { openReceiver, type Posted, type Receiver } from './receiver.ts';
import { type FragileTarget, openFragileTarget } from './target.ts';

/** A monitor's world: a target that breaks, a receiver that goes away, a folder, and real `vigie start` processes one after the other. */
export type Stage = AsyncDisposable & {
  readonly target: FragileTarget;
  readonly receiver: Receiver;
  readonly workspace: Workspace;
  readonly dataFolder: string;
  readonly checks: readonly StagedCheck[];
  /** Does not wait until it is up. `through` is a program that runs it. */
  launch(through?: readonly string[], env?: Readonly<Record<string, string>>): Launched;
  /**
   * Heals target and receiver, waits until no incident is open and no notice waits, stops the monitor and looks whether everything is there.
   * `clockShiftMs`: how far the monitor's clock is off by now.
   */
  close(daemon: Launched, watchedSince: number, clockShiftMs?: number): Promise<Audit>;
};

export type StagedCheck = AuditedCheck & { readonly path: string; readonly options?: string };

const EVERY_MS = 1_000;

/** A check of a page at 1 s; its incident opens at the first failure and closes at the first pass, if not told otherwise. */
export function pageCheck(id: string, rule: Partial<IncidentRule> = {}, options = ''): StagedCheck {
  const whole = { failures: 1, of: rule.failures ?? 1, recoveries: 1, onDegraded: false, ...rule };
  return { id, everyMs: EVERY_MS, rule: whole, path: `/${id}`, options };
}

const CHANNEL_TIMEOUT = '5s';
const SETTLE_MS = 150_000;
/** What a slot may be away from the instant at which a monitor was seen to be up or told to stop: a period, and a busy machine. */
const EDGE_MS = 4_000;

export async function openStage(
  checks: readonly StagedCheck[],
  settings = '',
  told: readonly Posted[] = [],
): Promise<Stage> {
  const target = await openFragileTarget();
  const receiver = await openReceiver(told);
  const workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: '${target.url}', environment: 'test' },
    channels: [v.webhook('hook', { url: v.secret('HOOK_URL'), timeout: '${CHANNEL_TIMEOUT}' })],
    settings: { web: { port: 0 }, ${settings} },
    checks: [${checks.map(checkText).join(',\n')}],
  }`);
  const dataFolder = join(workspace.folder, 'data');
  return {
    target,
    receiver,
    workspace,
    dataFolder,
    checks,
    launch: (through = [], env = {}) => launchVigie(workspace.folder, { HOOK_URL: receiver.url, ...env }, [], through),
    async close(daemon, watchedSince, clockShiftMs = 0) {
      target.broken.clear();
      receiver.mode = 'up';
      const settled = (): true | undefined => !isUnsettled(dataFolder) || undefined;
      await until('open incidents to close and notices to arrive', settled, daemon.output, SETTLE_MS);
      const stoppedAt = Date.now() + clockShiftMs;
      const code = await daemon.kill('SIGTERM');
      const bounds = { watchedSince: watchedSince + EDGE_MS, watchedUntil: stoppedAt - EDGE_MS };
      const audit = auditLedger({ folder: dataFolder, checks, posts: receiver.posts, ...bounds });
      const unclean = code === 0 ? [] : [`the clean stop ended with ${code}: ${daemon.output()}`];
      return { ...audit, problems: [...unclean, ...audit.problems] };
    },
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      workspace[Symbol.dispose]();
    },
  };
}

function checkText({ id, path, rule, options }: StagedCheck): string {
  const { failures, of, recoveries } = rule;
  return `v.httpCheck('${id}', { every: '${EVERY_MS}ms', url: '${path}', incident: { failures: ${failures}, of: ${of}, recoveries: ${recoveries} }, ${options} })`;
}

/** An incident of a target that flaps stays open for longer than a test can wait. */
const OPEN = `json_extract(state, '$.open') is not null and json_extract(state, '$.open.flapping') is null`;

function isUnsettled(folder: string): boolean {
  return look(folder, (database) => {
    const count = (query: string): number => z.number().parse(database.value(query));
    const open = count(`select count(*) from tracks where ${OPEN}`);
    return open + count(`select count(*) from notices where state = 'waiting'`) > 0;
  });
}

/** A look at the database as anybody may take it while a monitor writes: read-only, over at once. */
export function look<T>(folder: string, ask: (database: Sqlite) => T): T {
  using database = new Sqlite(join(folder, 'vigie.db'), { access: 'read' });
  return ask(database);
}
