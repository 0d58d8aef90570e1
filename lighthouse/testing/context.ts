import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { VigieError } from '../../core/errors.ts';
import { checkId, runId } from '../../core/identifiers.ts';
import type { RunContext, ToolFound, ToolMissing, ToolName } from '../../core/kind.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { makeRedactor } from '../../core/redact.ts';

/** The time of this machine: the audits of these tests are real processes. */
export const REAL_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

export type ContextOptions = {
  readonly baseUrl: string;
  readonly folder: string;
  readonly tools: Partial<Record<ToolName, ToolFound | ToolMissing>>;
  readonly timeoutMs?: number;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** What the engine would hand to an audit, with its artefacts below `folder`. */
export function contextFor(options: ContextOptions): RunContext {
  const known = new Map(Object.entries(options.secrets ?? {}));
  const redactor = makeRedactor(known);
  return {
    check: { id: checkId('audit'), name: 'audit', timeoutMs: options.timeoutMs ?? 60_000 },
    run: runId(0, 'abcdef01'),
    target: { name: 'demo', baseUrl: options.baseUrl, environment: 'test', origins: {}, production: false },
    attempt: { number: 1, purpose: 'first' },
    recording: 'standard',
    signal: options.signal ?? new AbortController().signal,
    clock: REAL_CLOCK,
    secrets: {
      ...redactor,
      known: () => known,
      resolve: ({ secret }) => {
        const value = known.get(secret);
        if (value === undefined) throw new VigieError('secret-missing', `the secret ${secret} is not set`);
        return value;
      },
    },
    tools: {
      find: (name) =>
        Promise.resolve(options.tools[name] ?? { found: false, looked: ['nowhere'], mend: `install ${name}` }),
    },
    artefactFolder: async () => {
      const folder = join(options.folder, 'artefacts');
      await mkdir(folder, { recursive: true });
      return folder;
    },
    baseFolder: options.folder,
    heartbeats: { lastPingAt: () => undefined, watchedSince: () => 0, listenerWasDown: () => false },
    armed: false,
    progress: () => undefined,
    log: SILENT_LOG,
  };
}

export function tool(path: string, version: string): ToolFound {
  return { found: true, path, version, from: 'test' };
}

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'vigie-lighthouse-test-'));
}

/** How the fake Lighthouse CI behaves; see `fixtures/fake-lhci.mjs`. */
export type FakePlan = {
  readonly pages?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly lhr?: '12.6.1' | '13.5.0';
};

/** Writes an executable that stands in for `lhci`; what it was given is found in `seen.jsonl` beside it. */
export async function writeFakeLhci(folder: string, { pages = {}, lhr = '13.5.0' }: FakePlan = {}): Promise<ToolFound> {
  const fixtures = join(import.meta.dirname, '..', 'fixtures');
  const plan = { pages, lhr: join(fixtures, `lhr-${lhr}.json`), seenFile: join(folder, 'seen.jsonl') };
  const source = `import { fakeLhci } from ${JSON.stringify(join(fixtures, 'fake-lhci.mjs'))};\nawait fakeLhci(${JSON.stringify(plan)});\n`;
  const file = join(folder, 'lhci.mjs');
  await writeFile(file, source);
  return tool(file, '0.15.1');
}
