import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../app/adapters/real-clock.ts';
import { rawRequest } from '../../app/web/testing/raw-request.ts';
import { withArtefacts } from '../../app/web/testing/sample-files.ts';
import { planOf } from '../../app/web/testing/sample-plan.ts';
import { openWeb } from '../../app/web/web-bridge.ts';
import type { HashedToken } from '../../core/api-token.ts';
import type { Command } from '../../core/command.ts';
import { type LogFields, SILENT_LOG } from '../../core/log.ts';
import type { Settings } from '../../core/plan.ts';
import type { Run } from '../../core/run.ts';
import { sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { openStore } from '../../results/open-store.ts';

export type WebUnderTest = AsyncDisposable & {
  readonly url: string;
  readonly run: Run;
  readonly commands: readonly Command[];
  /** Lines of the log, fields and message in one object. */
  readonly logged: readonly (LogFields & { readonly message: string })[];
  /** `what` is method and path; `RUN` stands for the id of the recorded run. */
  ask(what: string, headers?: Readonly<Record<string, string>>, body?: string): ReturnType<typeof rawRequest>;
};

/** The real web thread over a store that holds one run with artefacts. Pings are known when their token begins with `known`. */
export async function openWebThread(
  tokens: readonly HashedToken[],
  web: Partial<Settings['web']> = {},
): Promise<WebUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-safe-'));
  const check = sampleCheck('home');
  const store = await openStore({ folder, log: SILENT_LOG, clock: realClock });
  const run = await withArtefacts(sampleRun(check, {}), folder);
  await store.commit({ run });
  const plan = planOf(folder, [check]);
  const commands: Command[] = [];
  const logged: (LogFields & { readonly message: string })[] = [];
  const note = (fields: LogFields, message: string): void => void logged.push({ ...fields, message });
  const bridge = await openWeb({
    plan: () => ({ ...plan, settings: { ...plan.settings, web: { ...plan.settings.web, ...web } } }),
    log: { debug: note, info: note, warn: note, error: note },
    version: '0.0.0',
    tokens,
    onCommand: async (command) => {
      commands.push(command);
      const isKnown = command.type !== 'ping' || command.token.startsWith('known');
      return isKnown ? { ok: true } : { ok: false, reason: 'unknown', message: 'there is nothing here' };
    },
  });
  const url = bridge.listening.webUrl;
  return {
    url,
    run,
    commands,
    logged,
    ask(what, headers = {}, body) {
      const [method = '', path = ''] = what.replaceAll('RUN', run.id).split(' ');
      return rawRequest(url, method, path, headers, body);
    },
    async [Symbol.asyncDispose]() {
      await bridge.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
