import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT_LOG } from '../../../core/log.ts';
import type { Run } from '../../../core/run.ts';
import { openStore } from '../../../results/open-store.ts';
import { realClock } from '../../adapters/real-clock.ts';
import { openTerminal, type Terminal } from '../../terminal.ts';

export type StoredRuns = { readonly config: string; readonly folder: string; remove(): void };

/** A configuration with these checks, and a store beside it with these runs. */
export async function storeRuns(checks: readonly object[], runs: readonly Run[]): Promise<StoredRuns> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-stored-'));
  const config = {
    target: { name: 'shop', url: 'https://shop.example', environment: 'test' },
    checks,
    settings: { dataFolder: 'data' },
  };
  writeFileSync(join(folder, 'vigie.config.ts'), `export default ${JSON.stringify(config)};`);
  writeFileSync(join(folder, 'load.js'), 'export default function () {}');
  const store = await openStore({ folder: join(folder, 'data'), log: SILENT_LOG, clock: realClock });
  await Promise.all(runs.map((run) => store.commit({ run })));
  await store.close();
  return {
    folder,
    config: join(folder, 'vigie.config.ts'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type Heard = Terminal & { readonly said: string[]; readonly printed: string[] };

/** A terminal that keeps what it is told. */
export function listen(json = false): Heard {
  const [said, printed]: [string[], string[]] = [[], []];
  const terminal = openTerminal({ json, environment: { NO_COLOR: '1' } });
  return {
    ...terminal,
    said,
    printed,
    out: (text) => void printed.push(text),
    say: (line) => void said.push(line),
  };
}
