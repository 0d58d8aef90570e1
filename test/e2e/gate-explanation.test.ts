import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chooseEntries, type Entry } from '../../app/gate/entries.ts';
import { explainStage } from '../../app/gate/explain-stage.ts';
import type { StageResult } from '../../app/gate/sample-stage.ts';
import { type GateSession, openGateSession } from '../../app/gate/session.ts';
import { takenRun } from '../../app/gate/taken-run.ts';
import { loadPlan } from '../../app/load-plan.ts';
import { openTerminal } from '../../app/terminal.ts';
import { takeLook } from '../../core/gate/look.ts';
import type { GateRow } from '../../core/gate/result.ts';
import { decisive } from '../../core/run.ts';
import { type Demo, startDemo } from '../../demo/start.ts';

const INDEX = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));
const CONFIG = `
import { defineConfig, journeyCheck } from ${INDEX};
export default defineConfig({
  target: { name: 'demo', url: 'http://127.0.0.1:1', environment: 'test' },
  checks: [journeyCheck('visit', { every: '1m', file: 'visit.ts' })],
});`;
const JOURNEY = `
import { journey } from ${INDEX};
export default journey('visit', async ({ page, expect, step }) => {
  await step('open', async () => {
    await page.goto('/', { waitUntil: 'load' });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/pièce/);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  });
  await step('search', async () => {
    await page.goto('/recherche');
    await page.getByRole('searchbox').fill('filtre');
    await page.getByRole('button', { name: 'Rechercher' }).click();
    await expect(page.getByRole('list', { name: 'Résultats' }).getByRole('link').first()).toBeVisible();
  });
});`;

describe('what the gate says of a slower release', () => {
  let demos: readonly Demo[];
  let folder: string;
  let session: GateSession;
  let entry: Entry;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-gate-'));
    await Promise.all([
      writeFile(join(folder, 'package.json'), '{"type":"module"}'),
      writeFile(join(folder, 'vigie.config.ts'), CONFIG),
      writeFile(join(folder, 'visit.ts'), JOURNEY),
    ]);
    demos = await Promise.all([startDemo(), startDemo({ faults: { slowLcpImage: 900, longTaskOnClick: 400 } })]);
    const plan = (demo: Demo | undefined) =>
      loadPlan({ config: join(folder, 'vigie.config.ts'), target: [demo?.frontendUrl ?? ''] }, {});
    const sides = { base: await plan(demos[0]), candidate: await plan(demos[1]) };
    const chosen = chooseEntries({ ...sides, only: [], tags: [], armed: false, sameSides: false });
    entry = chosen.entries[0] ?? assert.fail(chosen.problems.join());
    const terminal = openTerminal({ json: true, environment: { NO_COLOR: '1' } });
    session = await openGateSession({ ...sides, folder: join(folder, 'gate'), armed: false, wait: true }, terminal);
  });
  after(async () => {
    await session.close();
    await Promise.all(demos.map((demo) => demo.close()));
    await rm(folder, { recursive: true });
  });

  it('names what the largest paint and the slow click wait for, from runs beside the statistics', async () => {
    const sampled = await samplePair();
    const explained = await explainStage(
      sampled,
      { entries: [entry], until: Number.POSITIVE_INFINITY, history: undefined },
      session,
    );
    const said = (name: string): readonly string[] =>
      explained.rows.find((row) => row.name === name)?.explanations ?? [];
    assert.match(
      said('lcp {page=/}')[0] ?? JSON.stringify(explained.rows.map(({ name }) => name)),
      /^LCP element [^:]*img[^:]*\(\/images\/hero-\d+\.webp\): .*resource load [\d.]+ m?s instead of /,
    );
    assert.match(said('inp {page=/recherche}')[0] ?? '', /^INP of button .*: processing [\d.]+ m?s instead of /);
    assert.match(said('duration').join('\n'), /^step 'open': /m);
    assert.match(said('step.open').join('\n'), /^request GET \/images\/hero-\d+\.webp, image: /m);
    const shown = explained.checks[0]?.runs.filter(({ purpose }) => purpose === 'evidence') ?? [];
    assert.deepEqual(
      shown.map(({ side, pair, status }) => [side, pair, status]),
      [
        ['base', -1, 'passed'],
        ['candidate', -1, 'passed'],
      ],
    );
    for (const { artefacts } of shown)
      assert.deepEqual(artefacts.map(({ kind }) => kind).sort(), ['console', 'har', 'requests', 'screenshot', 'trace']);
    assert.deepEqual(explained.rows[0]?.evidence.slice(0, 2), shown.map(({ id }) => id).toReversed());
    // What is reckoned over the runs of a stage does not see them.
    assert.equal(explained.runs.length, 2);
  });

  async function samplePair(): Promise<StageResult> {
    const base = await session.execute(entry, 'base');
    const candidate = await session.execute(entry, 'candidate');
    const runs = [takenRun(base, 'base', 0), takenRun(candidate, 'candidate', 0)];
    const sampleOf = (run: typeof base) => ({ run: run.id, measures: decisive(run)?.measures ?? [] });
    const pairs = [{ base: sampleOf(base), candidate: sampleOf(candidate) }];
    const subject = { check: entry.check, catalogue: entry.kind.measures, stage: entry.stage, pairs };
    const look = takeLook({ subjects: [subject], standings: new Map(), by: 0.05, share: 1, random: () => 0.5 });
    // One pair decides nothing: what many would have decided is put in its place.
    const rows = look.rows.map((row): GateRow => (row.type === 'relative' ? { ...row, verdict: 'regressed' } : row));
    const { id, kind, name } = entry.check;
    const check = { check: id, kind, name, stage: entry.stage, status: 'measured', reasons: [], runs } as const;
    return { ...look, rows, checks: [check], runs };
  }
});
