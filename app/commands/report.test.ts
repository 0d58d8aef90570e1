import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { SILENT_LOG } from '../../core/log.ts';
import type { Provenance } from '../../core/observation.ts';
import { START, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { openReader } from '../../results/open-reader.ts';
import { openStore } from '../../results/open-store.ts';
import { checkPage } from '../../web/pages/check.ts';
import { realClock } from '../adapters/real-clock.ts';
import { openStates } from '../check-states.ts';
import { makePlan } from '../engine/testing/runs.ts';
import { openTerminal } from '../terminal.ts';
import { report } from './report.ts';

const SAID =
  /not all runs were made alike: k6 2\.1\.0 and 2\.2\.0; host 4 × Old, 8 GB, linux x64 and 8 × New, 8 GB, linux x64/;
const shape = z.object({
  checks: z.array(
    z.object({ check: z.string(), differences: z.array(z.object({ what: z.string(), values: z.array(z.string()) })) }),
  ),
});

describe('runs that are looked at together', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-report-'));
  const checks = ['moved', 'stayed'].map((id) => sampleCheck(id));
  before(async () => {
    const input = checks.map(({ id }) => ({ id, kind: 'http', options: { every: '1h' } }));
    const config = {
      target: { name: 'shop', url: 'https://shop.example', environment: 'test' },
      checks: input,
      settings: { dataFolder: 'data' },
    };
    writeFileSync(join(folder, 'vigie.config.ts'), `export default ${JSON.stringify(config)};`);
    const store = await openStore({ folder: join(folder, 'data'), log: SILENT_LOG, clock: realClock });
    const seconds = Math.floor((realClock.now() - START) / 1_000);
    for (const [offset, check] of checks.entries())
      for (const hoursAgo of [5, 4, 3, 2, 1]) {
        const run = sampleRun(check, {}, seconds - 3_600 * hoursAgo + offset);
        await store.commit({
          run: { ...run, producedBy: madeBy(run.producedBy, check.id === 'moved' && hoursAgo < 3) },
        });
      }
    await store.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('say in report, text and JSON, what was not the same for all of them', async () => {
    for (const json of [false, true]) {
      const lines: string[] = [];
      const terminal = {
        ...openTerminal({ json, environment: { NO_COLOR: '1' } }),
        out: (text: string) => void lines.push(text),
        say: (text: string) => void lines.push(text),
      };
      await report({ ids: [], since: '1d', config: join(folder, 'vigie.config.ts') }, terminal);
      assert.match(lines.at(-1) ?? '', new RegExp(`^1 of 2 checks: ${SAID.source}$`));
      if (!json) continue;
      const differences = shape
        .parse(JSON.parse(lines[0] ?? ''))
        .checks.map((row) => row.differences.map(({ what, values }) => `${what}: ${values.length}`));
      assert.deepEqual(differences, [['k6: 2', 'host: 2'], []]);
    }
  });

  it('say on the page of the check, and nothing where all were alike', async () => {
    const reader = openReader({ folder: join(folder, 'data') });
    const [moved = '', stayed = ''] = await Promise.all(
      checks.map(async (check) =>
        String(
          await checkPage(check, {
            reader,
            plan: () => makePlan(checks),
            clock: realClock,
            version: '0',
            states: openStates(reader, realClock),
          }),
        ),
      ),
    );
    reader.close();
    assert.match(moved, SAID);
    assert.doesNotMatch(stayed, /made alike/);
  });
});

function madeBy(producer: Provenance, isNew: boolean): Provenance {
  const host = { ...producer.host, cpuModel: isNew ? 'New' : 'Old', cores: isNew ? 8 : 4, memoryBytes: 8e9 };
  return { ...producer, tools: { node: '24.0.0', k6: isNew ? '2.2.0' : '2.1.0' }, host };
}
