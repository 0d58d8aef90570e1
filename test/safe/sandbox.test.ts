import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { locateChromium } from '../../process/locate-tools.ts';
import { openTarget } from '../e2e/target.fixture.ts';
import { makeWorkspace, vigie, type Workspace } from '../e2e/vigie-process.ts';
import { makeTemp } from '../nothing-lost/own-temp.ts';
import { watchProcesses } from './watch-processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const isRoot = process.getuid?.() === 0;
/** The user that owns nothing; everybody else is already somebody who may have a sandbox. */
const NOBODY = 65_534;
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const found = await locateChromium();

const document = z.object({
  runs: z.array(
    z.object({ check: z.string(), taints: z.array(z.string()), verdict: z.looseObject({ status: z.string() }) }),
  ),
});

describe("Chromium's sandbox", { timeout: 240_000 }, () => {
  it('is on for journeys and audits of a user who is not root', { skip: whyNoSandbox() }, async () => {
    await using target = await openTarget();
    using workspace = prepare(target.url);
    using temp = makeTemp();
    if (isRoot) chownSync(temp.folder, NOBODY, NOBODY);
    const child = spawn(process.execPath, [join(ROOT, 'app', 'main.ts'), 'run', '--json', '--no-record'], {
      ...identity,
      cwd: workspace.folder,
      env: {
        PATH: process.env.PATH,
        HOME: workspace.folder,
        TMPDIR: temp.folder,
        CI: '1',
        ...(found.found ? { VIGIE_CHROMIUM: found.path } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    await using watch = watchProcesses(child.pid ?? 0, [{ name: 'the switch', value: '--no-sandbox' }]);
    await once(child, 'close');
    assert.match(said.out, /^\{/, said.err);
    const { runs } = document.parse(JSON.parse(said.out));
    assert.deepEqual(
      runs.map(({ check, verdict, taints }) => [check, verdict.status, taints.includes('unsandboxed')]),
      [
        ['home', 'passed', false],
        ['page', 'passed', false],
      ],
      said.out,
    );
    assert.ok([...watch.programs].some((program) => /chrom/.test(program)));
    assert.deepEqual(watch.seen, []);
  });

  it('is off for root, who is told so and how to have it', {
    skip: isRoot ? false : 'only root is refused a sandbox',
  }, async () => {
    await using target = await openTarget();
    using workspace = prepare(target.url);
    const { stdout } = await vigie(workspace.folder, ['run', 'home', '--json', '--no-record']);
    assert.deepEqual(document.parse(JSON.parse(stdout)).runs[0]?.taints.includes('unsandboxed'), true, stdout);
    const doctor = await vigie(workspace.folder, ['doctor']);
    assert.match(doctor.stdout, /running as root: Chromium runs without its sandbox/);
    assert.match(
      doctor.stdout,
      /useradd --create-home vigie && chown -R vigie data logs && su vigie -c "npx vigie start"/,
    );
    const json = z
      .looseObject({ unsandboxed: z.boolean() })
      .parse(JSON.parse((await vigie(workspace.folder, ['doctor', '--json'])).stdout));
    assert.equal(json.unsandboxed, true);
  });
});

/** A journey and an audit, in a folder that belongs to who runs them. */
function prepare(url: string): Workspace {
  const workspace = makeWorkspace();
  workspace.write(
    'home.ts',
    `
import { journey } from ${JSON.stringify(join(ROOT, 'app', 'index.ts'))};
export default journey('home', async ({ page, expect }) => {
  await page.goto('/');
  await expect(page.getByRole('heading')).toHaveText('hello');
});`,
  );
  workspace.config(`{
    target: { name: 'small', url: '${url}', environment: 'test' },
    defaults: { every: '1h', confirm: false },
    checks: [
      v.journeyCheck('home', { file: 'home.ts' }),
      v.auditCheck('page', { pages: ['/'], formFactors: ['desktop'], runs: 1, categories: ['performance'], throttling: 'provided' }),
    ],
  }`);
  mkdirSync(join(workspace.folder, 'data'));
  if (isRoot)
    for (const name of ['.', 'data', 'home.ts', 'vigie.config.ts'])
      chownSync(join(workspace.folder, name), NOBODY, NOBODY);
  return workspace;
}

/** Whether the kernel lets a user without rights make the namespaces that the sandbox is made of. */
function whyNoSandbox(): string | false {
  if (!found.found) return `chromium is missing: ${found.mend}`;
  const tried = spawnSync('unshare', ['--user', '--pid', '--fork', 'true'], { ...identity, encoding: 'utf8' });
  if (tried.error !== undefined) return 'unshare is missing, by which it is tried whether there are user namespaces';
  return tried.status === 0
    ? false
    : `the kernel refuses user namespaces to a user without rights: ${tried.stderr.trim()}`;
}
