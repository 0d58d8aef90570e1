import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { RunContext } from '../../core/kind.ts';
import { makeRedactor } from '../../core/redact.ts';
import { LEAST_SECRET_LENGTH, type Secrets } from '../../core/secret.ts';
import type { JourneyOptions } from './options.ts';

/** Stored login states: one file each, mode 0600, made by a login journey and used by many runs. */
export type Logins = {
  readonly fileFor: (options: JourneyOptions, context: RunContext) => string | undefined;
  readonly isFresh: (file: string, maxAgeMs: number) => Promise<boolean>;
  readonly forget: (file: string) => Promise<void>;
  /** Lets one run at a time make the state of a file; the others wait and find it made. */
  readonly oneAtATime: <T>(file: string, work: () => Promise<T>) => Promise<T>;
};

export function openLogins(stateFolder: string, clock: Clock): Logins {
  const queues = new Map<string, Promise<unknown>>();
  return {
    fileFor: (options, { target, baseFolder }) => {
      if (options.login === undefined) return undefined;
      const { file, export: exportName } = options.login;
      // Everything that makes another login: another user is another secret or parameter.
      const parts = [resolve(baseFolder, file), exportName, target.baseUrl, options.params, options.secrets];
      const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
      return join(stateFolder, `login-${hash}.json`);
    },
    isFresh: async (file, maxAgeMs) => {
      const madeAt = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      return madeAt !== undefined && clock.now() - madeAt < maxAgeMs;
    },
    forget: (file) => rm(file, { force: true }),
    oneAtATime: async (file, work) => {
      const before = queues.get(file) ?? Promise.resolve();
      const mine = before.then(work, work);
      // The queue only orders; whoever asked gets the failure.
      const settled = mine.catch(() => undefined);
      queues.set(file, settled);
      await settled;
      if (queues.get(file) === settled) queues.delete(file);
      return mine;
    },
  };
}

const storageState = z.object({
  cookies: z.array(z.object({ name: z.string(), value: z.string() })),
  origins: z.array(z.object({ localStorage: z.array(z.object({ name: z.string(), value: z.string() })) })),
});
/** Shorter values are settings (`fr`, `true`) rather than sessions, and would spoil every text they occur in. */
const LEAST_SESSION_LENGTH = 4 * LEAST_SECRET_LENGTH;

/** The secrets of a run that uses a stored login: its cookies and tokens are as good as a password until they end. */
export async function withLoginValues(secrets: Secrets, file: string | undefined): Promise<Secrets> {
  if (file === undefined) return secrets;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // No state: the login was not made, and nothing of it can be in the artefacts.
  if (text === undefined) return secrets;
  const { cookies, origins } = storageState.parse(JSON.parse(text));
  const values = [...cookies, ...origins.flatMap(({ localStorage }) => localStorage)];
  const sessions = values.filter(({ value }) => value.length >= LEAST_SESSION_LENGTH);
  const known = [...secrets.known(), ...sessions.map(({ name, value }) => [`login ${name}`, value] as const)];
  const redactor = makeRedactor(known);
  return { resolve: secrets.resolve, known: () => known, scrub: redactor.scrub, scrubBytes: redactor.scrubBytes };
}
