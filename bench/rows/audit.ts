import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../core/judge.ts';
import { collectCommand, collectEnvironment } from '../../lighthouse/arguments.ts';
import { auditKind } from '../../lighthouse/kind.ts';
import { CATEGORIES } from '../../lighthouse/options.ts';
import { contextFor, tool } from '../../lighthouse/testing/context.ts';
import { locateLhci } from '../../process/locate-tools.ts';
import { runProcess } from '../../process/run-process.ts';
import { CHROMIUM } from '../../synthetic/testing/surroundings.ts';
import { interleave, ratiosOf } from '../measure/interleave.ts';
import { spreadOf } from '../measure/spread.ts';
import { startTarget } from '../measure/target.ts';
import { CannotMeasure, type Row } from '../row.ts';

const SCALES = {
  full: { rounds: 6, runs: 3, categories: CATEGORIES },
  quick: { rounds: 2, runs: 1, categories: CATEGORIES },
  smoke: { rounds: 1, runs: 1, categories: ['seo'] },
} as const;
const LIMIT_MS = 180_000;

type Place = {
  readonly folder: string;
  readonly url: string;
  readonly runs: number;
  readonly categories: readonly string[];
};

/** An audit as the engine carries it out, over `lhci collect` with the same settings. */
export const audit: Row = {
  name: 'audit',
  what: 'an audit over bare `lhci collect` of the same pages: wall time',
  limitMs: { full: 900_000, quick: 180_000, smoke: 120_000 },
  async run({ size, signal, say }) {
    const { rounds, runs, categories } = SCALES[size];
    const lhci = locateLhci();
    if (!lhci.found) throw new CannotMeasure(`Lighthouse CI is missing: ${lhci.mend}`);
    await using target = await startTarget();
    const folder = await mkdtemp(join(tmpdir(), 'vigie-bench-audit-'));
    const place = { folder, url: target.urls.http, runs, categories };
    try {
      const pairs = await interleave({
        rounds,
        signal,
        bare: () => timed(() => collectBare(lhci.path, place, signal)),
        ours: () => timed(() => runOurs(lhci, place, signal)),
        onRound: (done) => say(`round ${done} of ${rounds}`),
      });
      return [
        {
          name: 'audit over lhci collect, wall',
          unit: 'ratio',
          spread: spreadOf(ratiosOf(pairs)),
          ceiling: { comparison: '<=', value: 1.03 },
        },
        { name: 'audit', unit: 'ms', spread: spreadOf(pairs.ours) },
        { name: 'lhci collect', unit: 'ms', spread: spreadOf(pairs.bare) },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function runOurs(
  { path, version }: { readonly path: string; readonly version: string },
  { folder, url, runs, categories }: Place,
  signal: AbortSignal,
): Promise<void> {
  const options = auditKind.schema.parse({ formFactors: ['mobile'], pages: ['/'], runs, categories });
  const tools = { lhci: tool(path, version), chromium: tool(CHROMIUM, '0') };
  const context = contextFor({ baseUrl: url, folder, tools, timeoutMs: LIMIT_MS, signal });
  const observation = await auditKind.run(options, context, undefined);
  const { verdict } = judge(observation, { budgets: [], evidence: auditKind.evidence(options) });
  if (verdict.status !== 'passed') throw new Error(`the audit did not pass: ${JSON.stringify(verdict)}`);
}

/** The settings that a check without any of its own has. */
async function collectBare(lhci: string, { folder, url, runs, categories }: Place, signal: AbortSignal): Promise<void> {
  const chromeFlags = process.getuid?.() === 0 ? '--no-sandbox' : '';
  const collect = { url: [`${url}/`], numberOfRuns: runs, settings: { chromeFlags, onlyCategories: categories } };
  await writeFile(join(folder, 'lighthouserc.json'), JSON.stringify({ ci: { collect } }));
  const ending = await runProcess({
    ...collectCommand(lhci),
    cwd: folder,
    env: collectEnvironment(CHROMIUM, folder),
    deadlineMs: LIMIT_MS,
    signal,
  });
  if (ending.how !== 'exited' || ending.code !== 0)
    throw new Error(`lhci collect failed: ${ending.stderr.slice(-500)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
