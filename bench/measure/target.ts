import { join } from 'node:path';
import { z } from 'zod';
import { startChild } from './child.ts';

const ports = z.object({ http: z.number(), https: z.number(), ca: z.string() });
const count = z.object({ asked: z.number(), firstAskedAt: z.number().optional() });

export type Target = AsyncDisposable & {
  readonly ports: z.infer<typeof ports>;
  readonly urls: { readonly http: string; readonly https: string };
  asked(): Promise<z.infer<typeof count>>;
};

/** The target of a row, in a process of its own. */
export async function startTarget(): Promise<Target> {
  const child = startChild({ args: [join(import.meta.dirname, '..', 'programs', 'target.ts')] });
  const given = ports.parse(JSON.parse(await child.nextLine()));
  return {
    ports: given,
    urls: { http: `http://localhost:${given.http}`, https: `https://localhost:${given.https}` },
    async asked() {
      child.say('count');
      return count.parse(JSON.parse(await child.nextLine()));
    },
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  };
}
