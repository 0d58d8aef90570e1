import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowContext } from '../row.ts';
import { type Child, startChild } from './child.ts';

export type Workspace = Disposable & {
  readonly folder: string;
  readonly dataFolder: string;
  /** Writes another configuration; `body` is the object given to `defineConfig`. */
  config(body: string): void;
};

/** A folder with a configuration. */
export function makeWorkspace({ entry }: Pick<RowContext, 'entry'>, body: string): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const config = (text: string): void =>
    writeFileSync(
      join(folder, 'vigie.config.ts'),
      `import * as v from ${JSON.stringify(entry)};\nexport default v.defineConfig(${text});\n`,
    );
  config(body);
  return {
    folder,
    config,
    dataFolder: join(folder, 'data'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type ManyChecks = {
  readonly count: number;
  readonly url: string;
  readonly ca?: string;
  readonly every: string;
};

/** A configuration of many alike http checks, each with an assertion on the body and a budget, as real ones have. */
export function manyChecks({ count, url, ca, every }: ManyChecks): string {
  const tls = ca === undefined ? '' : `tls: { ca: ${JSON.stringify(ca)} }, `;
  const check = `v.httpCheck('check-' + index, { every: '${every}', ${tls}expect: { body: { contains: 'Bonjour' } }, budgets: { total: { fail: '<= 5s' } } })`;
  return `{
    target: { name: 'bench', url: '${url}', environment: 'test' },
    settings: { web: { port: 0 } },
    checks: Array.from({ length: ${count} }, (_, index) => ${check}),
  }`;
}

/** `vigie start` in a workspace, once its page listens. */
export async function startDaemon({ program, signal }: RowContext, { folder }: Workspace): Promise<Child> {
  const env = { ...process.env, NO_COLOR: '1', VIGIE_LOG_LEVEL: 'warn' };
  const child = startChild({ args: [program, 'start'], cwd: folder, env, signal });
  while (!/^page +http/.test(await child.nextLine()));
  return child;
}
