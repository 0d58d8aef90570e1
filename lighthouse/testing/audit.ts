import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { judge } from '../../core/judge.ts';
import type { ToolFound } from '../../core/kind.ts';
import type { Observation } from '../../core/observation.ts';
import type { Verdict } from '../../core/run.ts';
import { auditKind } from '../kind.ts';
import { type ContextOptions, contextFor, type FakePlan, newFolder, tool, writeFakeLhci } from './context.ts';

export const CHROMIUM = tool('/usr/bin/chromium', '156.0.8078.79');

let fadingAsked = 0;
const answer: RequestListener = (request, response) => {
  if (request.url === '/fading') fadingAsked += 1;
  if (request.url === '/silent' || (request.url === '/fading' && fadingAsked > 1)) return;
  if (request.url === '/reset') request.socket.resetAndDestroy();
  else response.end('<!doctype html><title>page</title>');
};
const server = createServer(answer);
const folders: string[] = [];

/** A target that answers on every path but `/silent` and `/reset`; `/fading` answers once. */
export function startTarget(): Promise<void> {
  return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export async function stopTarget(): Promise<void> {
  server.closeAllConnections();
  server.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

export function targetUrl(): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

export type Audited = { readonly observation: Observation; readonly verdict: Verdict; readonly folder: string };
export type AuditSetting = FakePlan & {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly rc?: unknown;
  readonly context?: Partial<ContextOptions>;
  readonly chromium?: ToolFound;
};

/** Runs an audit over the fake Lighthouse CI and judges it without budgets. */
export async function audit({
  options = {},
  rc,
  context = {},
  chromium = CHROMIUM,
  ...plan
}: AuditSetting): Promise<Audited> {
  const folder = await newFolder();
  folders.push(folder);
  if (rc !== undefined) await writeFile(join(folder, 'lighthouserc.json'), JSON.stringify({ ci: rc }));
  const parsed = auditKind.schema.parse({ formFactors: ['mobile'], pages: ['/'], ...options });
  const tools = { lhci: await writeFakeLhci(folder, plan), chromium };
  const observation = await auditKind.run(
    parsed,
    contextFor({ baseUrl: targetUrl(), folder, tools, ...context }),
    undefined,
  );
  const { verdict } = judge(observation, { budgets: [], evidence: auditKind.evidence(parsed) });
  return { observation, verdict, folder };
}

export type Seen = {
  readonly rc: { readonly ci: { readonly collect: { readonly settings: Readonly<Record<string, unknown>> } } };
  readonly headers?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
};

export async function seenBy(folder: string): Promise<readonly Seen[]> {
  const lines = (await readFile(join(folder, 'seen.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

export function faultOf(verdict: Verdict): string {
  return verdict.status === 'inconclusive' ? verdict.fault.code : `(${verdict.status})`;
}

export function values(observation: Observation, name: string): readonly number[] {
  return observation.measures.filter((measure) => measure.name === name).map((measure) => measure.value);
}
