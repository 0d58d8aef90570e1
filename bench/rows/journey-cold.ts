import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { locatePlaywrightTest } from '../../process/locate-tools.ts';
import { openBench } from '../../synthetic/journey/fixtures/harness.ts';
import { startSite } from '../../synthetic/journey/fixtures/site.ts';
import { CHROMIUM } from '../../synthetic/testing/surroundings.ts';
import { startChild } from '../measure/child.ts';
import { cpuMsOf, livingCpuMs } from '../measure/cpu.ts';
import { descendantsOf } from '../measure/descendants.ts';
import { spreadOf } from '../measure/spread.ts';
import { CannotMeasure, type Row } from '../row.ts';

const SCALES = {
  full: { rounds: 8, warmRuns: 10 },
  quick: { rounds: 3, warmRuns: 5 },
  smoke: { rounds: 1, warmRuns: 2 },
} as const;
const ROOT = join(import.meta.dirname, '..', '..');

/**
 * CPU of everything that takes part. Warm: this process, the host and its browser, before and after some runs. Cold: what
 * the kernel charges to us for children that have ended; what their browsers leave to the system is not in it, so the
 * true advantage is larger.
 */
export const journeyCold: Row = {
  name: 'journey-cold',
  what: 'cold `playwright test` over a warm journey of the same steps: CPU of the whole process tree',
  limitMs: { full: 300_000, quick: 120_000, smoke: 120_000 },
  async run({ size, signal, say }) {
    const { rounds, warmRuns } = SCALES[size];
    const site = await startSite();
    const bench = await openBench();
    const project = await makeProject();
    const samples: { readonly cold: number; readonly warm: number }[] = [];
    try {
      await bench.run(site.url, { file: 'simple.ts' });
      for (let round = 0; round < rounds; round += 1) {
        signal.throwIfAborted();
        const cold = await coldCpuMs(project, site.url, signal);
        const warm = await warmCpuMs(() => bench.run(site.url, { file: 'simple.ts' }), warmRuns);
        samples.push({ cold, warm });
        say(`round ${round + 1} of ${rounds}`);
      }
    } finally {
      await Promise.all([bench.close(), site.close(), rm(project, { recursive: true })]);
    }
    return [
      {
        name: 'cold playwright test over a warm journey, CPU',
        unit: 'ratio',
        spread: spreadOf(samples.map(({ cold, warm }) => cold / warm)),
        ceiling: { comparison: '>=', value: 8 },
      },
      { name: 'warm journey, CPU', unit: 'ms', spread: spreadOf(samples.map(({ warm }) => warm)) },
      { name: 'playwright test, CPU', unit: 'ms', spread: spreadOf(samples.map(({ cold }) => cold)) },
    ];
  },
};

const SPEC = `import { expect, test } from '@playwright/test';
test('simple', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bonjour');
  await page.getByRole('button', { name: 'Compter' }).click();
  await expect(page.getByRole('status')).toHaveText('1');
});
`;

/** A project as a user has it, inside the repository so that it finds its packages. */
async function makeProject(): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.cache', 'bench-project-'));
  await writeFile(join(folder, 'simple.spec.ts'), SPEC);
  const options = `{ baseURL: process.env.BENCH_URL, launchOptions: { executablePath: ${JSON.stringify(CHROMIUM)} } }`;
  await writeFile(
    join(folder, 'playwright.config.ts'),
    `export default { testDir: '.', use: ${options}, workers: 1, reporter: 'line' };\n`,
  );
  return folder;
}

async function coldCpuMs(project: string, url: string, signal: AbortSignal): Promise<number> {
  const cli = locatePlaywrightTest();
  if (!cli.found) throw new CannotMeasure(`Playwright Test is missing: ${cli.mend}`);
  const own = ownMs();
  const before = cpuMsOf('self') - own;
  const child = startChild({ args: [cli.path, 'test'], cwd: project, env: { ...process.env, BENCH_URL: url }, signal });
  let output = '';
  try {
    for (;;) output += `${await child.nextLine()}\n`;
  } catch {
    // It has ended; whether well, its last line says.
  }
  await child.stop();
  if (!/1 passed/.test(output)) throw new Error(`playwright test did not pass: ${output}${child.errors()}`);
  return cpuMsOf('self') - ownMs() - before;
}

/** Of this process alone, without the children it has waited for. */
function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function warmCpuMs(run: () => Promise<unknown>, runs: number): Promise<number> {
  const before = await treeMs();
  for (let count = 0; count < runs; count += 1) await run();
  return ((await treeMs()) - before) / runs;
}

async function treeMs(): Promise<number> {
  const pids = await descendantsOf(process.pid);
  // One that has ended since has left its time with the process that waited for it.
  return ownMs() + pids.reduce((sum, pid) => sum + (livingCpuMs(pid) ?? 0), 0);
}
