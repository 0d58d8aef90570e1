// suite: waits

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCheck, type CheckInput, journeyCheck, loadCheck } from '../../app/index.ts';
import type { ToolFound, ToolMissing, Tools } from '../../core/kind.ts';
import { type FakePlan, tool, writeFakeLhci } from '../../lighthouse/testing/context.ts';
import { serveHttp } from '../../synthetic/net/testing/servers.ts';
import type { Expected } from './expectations.ts';
import { describeFamily, type Row } from './family.ts';

const MISSING: ToolMissing = { found: false, looked: ['PATH: none'], mend: 'install it' };
const FIXTURES = join(import.meta.dirname, 'fixtures');
const K6_SCRIPT = join(import.meta.dirname, '..', '..', 'load/fixtures/scripts/modes.ts');

type World = { readonly url: string; readonly folder: string };
type Act = NonNullable<FakePlan['pages']>[string][number];

function toolsOf(found: Partial<Record<string, ToolFound | ToolMissing>>): Tools {
  return { find: async (name) => found[name] ?? MISSING };
}

const load = (id: string): CheckInput => loadCheck(id, { script: K6_SCRIPT, allow: ['127.0.0.1'] });
const audit = (id: string): CheckInput => auditCheck(id, { pages: ['/'], formFactors: ['mobile'], runs: 3 });
const missing: Expected = { inconclusive: 'tool-missing', blame: 'tool' };

/** The tools of this machine, of which the one needed is an order for a program that is not there. */
function gone(name: string, check: Row<World>['check']): Row<World> {
  return { fault: 50, name: `${name} is missing`, check, expected: missing };
}

function instead(
  name: string,
  check: Row<World>['check'],
  found: Parameters<typeof toolsOf>[0],
  expected: Expected,
): Row<World> {
  return { fault: 50, name, check, run: (id, monitor) => monitor.run(id, { tools: toolsOf(found) }), expected };
}

/** An audit over a Lighthouse CI that does as it is told in each of its three audits; the last act again and again. */
function lhci(fault: number, name: string, acts: readonly Act[], expected: Expected): Row<World> {
  return {
    fault,
    name,
    check: audit,
    run: async (id, monitor, { folder }) => {
      const own = join(folder, id);
      await mkdir(own);
      const fake = await writeFakeLhci(own, { pages: { '/': acts } });
      const chromium = tool('/usr/bin/chromium', '156.0.8078.79');
      return monitor.run(id, { tools: toolsOf({ lhci: fake, chromium }) });
    },
    expected,
  };
}

const benchmark = (benchmarkIndex: number): Act => ({ report: { environment: { benchmarkIndex } } });
const noScore: Act = { report: { categories: { performance: { score: null } } } };
const tooFew: Expected = { inconclusive: 'too-few-valid-runs', blame: 'tool' };

const rows: readonly Row<World>[] = [
  gone('k6', load),
  gone('Chromium, for a journey,', (id) => journeyCheck(id, { file: join(FIXTURES, 'journeys.ts'), export: 'greets' })),
  gone('Chromium, for an audit,', audit),
  instead('Lighthouse CI is missing', audit, {}, missing),
  instead('k6 was there a moment ago', load, { k6: tool('/nonexistent/k6', '2.2.0') }, missing),
  instead('k6 is not a program', load, { k6: tool(K6_SCRIPT, '2.2.0') }, missing),
  instead(
    'k6 is too old',
    load,
    { k6: tool('/usr/bin/true', '0.47.0') },
    { inconclusive: 'tool-version', blame: 'tool' },
  ),
  instead(
    'k6 is newer than what is known',
    load,
    { k6: tool('/usr/bin/true', '3.0.0') },
    { inconclusive: 'tool-version', blame: 'tool' },
  ),
  lhci(51, 'Lighthouse CI writes half a JSON', [{ write: 'half' }], tooFew),
  lhci(51, 'Lighthouse CI writes nothing and exits 0', [{ write: 'nothing' }], {
    inconclusive: 'tool-output',
    blame: 'tool',
  }),
  lhci(52, 'NO_FCP', [{ exit: 1, error: 'NO_FCP', message: 'The page did not paint any content.' }], tooFew),
  lhci(
    52,
    'a result with a runtime error',
    [{ report: { runtimeError: { code: 'PAGE_HUNG', message: 'hung' } } }],
    tooFew,
  ),
  lhci(52, 'a score that is null in two of three', [{}, noScore, noScore], tooFew),
  lhci(52, 'a score that is null in one of three', [{}, noScore, {}], { passed: true }),
  lhci(52, 'a slow machine, by its benchmark', [benchmark(600)], { passed: true, taint: 'host-overloaded' }),
  lhci(52, 'an uneven machine, by its benchmark', [benchmark(2_000), benchmark(2_000), benchmark(1_500)], {
    passed: true,
    taint: 'host-overloaded',
  }),
  lhci(52, 'Lighthouse is killed from outside', [{ signal: 'SIGKILL' }], {
    inconclusive: 'host-memory',
    blame: 'host',
  }),
];

describeFamily<World>('tools that are missing or do not measure', {
  rows,
  concurrency: 2,
  baseFolder: FIXTURES,
  async open(stack) {
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'vigie-faults-tools-')), (path) =>
      rm(path, { recursive: true }),
    );
    await writeFile(join(folder, 'playwright.config.ts'), 'export default {};\n');
    const page = stack.use(
      await serveHttp((_request, response) => {
        response
          .setHeader('content-type', 'text/html')
          .end('<!doctype html><html lang="en"><title>A page</title><h1>A page</h1></html>');
      }),
    );
    // An order for a program that is not there: no other place is tried.
    for (const name of ['VIGIE_CHROMIUM', 'VIGIE_K6']) {
      const before = process.env[name];
      process.env[name] = '/nonexistent/program';
      stack.defer(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
    return { url: `http://127.0.0.1:${page.port}`, folder };
  },
  url: ({ url }) => url,
});
