import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { assertNames } from '../../core/testing/assert-names.ts';
import { locateChromium, locateK6 } from '../../process/locate-tools.ts';
import { openReader } from '../../results/open-reader.ts';
import { descendantsOf, isAlive } from './processes.ts';
import { openTarget, type SmallTarget } from './target.fixture.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, refusalOf, startVigie, until, vigie, type Workspace } from './vigie-process.ts';

const [k6, chromium] = await Promise.all([locateK6(), locateChromium()]);
const ROOT = join(import.meta.dirname, '..', '..');

const K6_SCRIPT = `import http from 'k6/http';
import { sleep } from 'k6';
export const options = { vus: 2, duration: '60s' };
export default function () { http.get(__ENV.VIGIE_TARGET + '/load'); sleep(0.1); }
`;
const JOURNEY = `import { journey } from ${JSON.stringify(join(ROOT, 'app', 'index.ts'))};
export default journey('stuck', async ({ page, expect, cleanup, request, target }) => {
  cleanup(async ({ request: late }) => void (await late.get('/cleaned-up')));
  await page.goto('/');
  await expect(page.getByRole('heading')).toHaveText('hello');
  await page.goto('/hang');
});
`;

type Row = {
  readonly what: string;
  readonly missing: string | undefined;
  readonly check: string;
  /** The path by which the target sees that the tool is at work. */
  readonly sign: string;
  readonly tool: RegExp;
};
const ROWS: readonly Row[] = [
  {
    what: 'a k6 run',
    missing: k6.found ? undefined : `k6 is missing: ${k6.mend}`,
    check: `v.loadCheck('heavy', { every: '5s', timeout: '60s', script: 'load.ts' })`,
    sign: '/load',
    tool: /k6/,
  },
  {
    what: 'a journey',
    missing: chromium.found ? undefined : `chromium is missing: ${chromium.mend}`,
    check: `v.journeyCheck('heavy', { every: '5s', timeout: '60s', file: 'journey.ts' })`,
    sign: '/hang',
    tool: /chrom/,
  },
];

describe('the end of a running vigie', { skip: process.platform === 'linux' ? false : 'reads /proc' }, () => {
  for (const { what, missing, check, sign, tool } of ROWS)
    it(`is clean in the middle of ${what}: recorded, exit 0, nothing left`, {
      skip: missing ?? false,
    }, async (test) => {
      await using target = await openTarget();
      using workspace = makeWorkspace();
      prepare(workspace, target, check);
      await using daemon = await startVigie(workspace.folder);
      await until('the tool to be at work', () => (target.asked.includes(sign) ? true : undefined), daemon.output);
      const family = descendantsOf(daemon.pid);
      assert.ok(
        family.some(({ command }) => tool.test(command)),
        family.map(({ command }) => command).join('\n'),
      );

      const second = await vigie(workspace.folder, ['start', '--json']);
      assert.equal(second.code, 3, 'a second one on the same folder');
      assert.equal(refusalOf(second), 'data-folder-locked');
      assertNames(second.stdout, [`process ${daemon.pid} `]);

      const began = performance.now();
      assert.equal(await daemon.kill('SIGTERM'), 0, daemon.output());
      const tookMs = performance.now() - began;
      test.diagnostic(`stopped in ${Math.round(tookMs)} ms`);
      assert.ok(tookMs < 30_000, `it took ${tookMs} ms with a grace of 1 s`);
      assert.match(daemon.output(), /stopping[\s\S]*stopped\n$/);
      await until(
        'all of its processes to be gone',
        () => (family.some(isAlive) ? undefined : true),
        () =>
          family
            .filter(isAlive)
            .map(({ command }) => command)
            .join('\n'),
      );

      const reader = openReader({ folder: join(workspace.folder, 'data') });
      const runs = reader.runs({ limit: 100 });
      reader.close();
      const heavy = runs.filter((run) => run.check === 'heavy');
      assert.deepEqual(
        heavy.map((run) => [run.status, run.blame]),
        [['inconclusive', 'operator']],
        JSON.stringify(runs),
      );
      assert.match(heavy[0]?.reason ?? '', /shutdown|stopped/);
      assert.ok(runs.some((run) => run.check === 'light' && run.status === 'passed'));
      const status = await vigieHere(workspace.folder, ['status', '--json']);
      assert.equal(z.object({ checks: z.array(z.unknown()) }).parse(JSON.parse(status.stdout)).checks.length, 2);
    });
});

function prepare(workspace: Workspace, target: SmallTarget, check: string): void {
  workspace.write('load.ts', K6_SCRIPT);
  workspace.write('journey.ts', JOURNEY);
  workspace.config(`{
    target: { name: 'shop', url: '${target.url}', environment: 'test' },
    settings: { web: { port: 0 }, shutdownGrace: '1s' },
    checks: [v.httpCheck('light', { every: '1s' }), ${check}],
  }`);
}
