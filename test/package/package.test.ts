import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { locateChromium, locateK6 } from '../../process/locate-tools.ts';
import { isAtLeast, LEAST_NODE } from '../../process/version.mjs';
import { until } from '../e2e/vigie-process.ts';
import {
  type Consumer,
  foldersOfUser,
  installPackage,
  nodeOfUser,
  npxVigie,
  REPOSITORY,
  run,
  vigie,
} from './consumer.ts';
import { startProgram } from './program.ts';
import { openSmallSite, type SmallSite } from './small-site.ts';
import { AS_A_TEST, STRICTEST, WITH_KIT, WRONG, watchOnly } from './user-files.ts';

const FIRST_FILES = ['vigie.config.ts', 'journeys/home.ts', 'load/smoke.ts', 'lighthouserc.json'];

/** Checks that pass within seconds; the audit has a test of its own. */
const QUICK = ['home', 'home-journey', 'smoke-load'];

let consumer: Consumer;
let site: SmallSite;

before(async () => {
  for (const tool of [await locateChromium(), await locateK6()])
    if (!tool.found) throw new Error(`these tests need a tool that is missing; to mend it: ${tool.mend}`);
  site = await openSmallSite();
  consumer = await installPackage();
});
after(async () => {
  await site?.close();
  consumer?.remove();
});

describe('the package in a project of somebody else', () => {
  const cases = [
    { name: 'without package.json', folder: () => consumer.installed },
    {
      name: 'with "type": "commonjs"',
      folder: () => consumer.makeProject('commonjs', { manifest: { name: 'shop', type: 'commonjs' } }),
    },
    {
      name: 'with "type": "module", the package linked',
      folder: () => consumer.makeProject('module', { manifest: { name: 'shop', type: 'module' }, linked: 'package' }),
    },
  ];
  for (const { name, folder: makeFolder } of cases) {
    it(`writes first files that are valid and pass, ${name}`, async () => {
      const folder = makeFolder();
      const init = await npxVigie(folder, ['init', '--url', site.url]);
      assert.equal(init.code, 0, init.stderr);
      for (const file of FIRST_FILES) assert.ok(init.stdout.includes(file) && existsSync(join(folder, file)), file);
      shorten(folder);

      const validate = await vigie(folder, ['validate']);
      assert.equal(validate.code, 0, validate.stdout + validate.stderr);

      const ran = await vigie(folder, ['run', ...QUICK, '--json']);
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      assertGood(ran.stdout, QUICK);
    });
  }

  it('works from the cache of npx, where nothing is installed beside the configuration', async () => {
    const folder = consumer.makeProject('nothing', { linked: 'none' });
    const program = join(consumer.installed, 'node_modules', '.bin', 'vigie');
    const init = await run(program, ['init', '--url', site.url], { cwd: folder });
    assert.equal(init.code, 0, init.stderr);
    assert.match(init.stdout, /npm install --save-dev vigie/);
    const ran = await run(program, ['run', 'home', 'home-journey'], { cwd: folder });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  });

  it('audits with the Lighthouse that Lighthouse CI pins, by the first lighthouserc.json', async () => {
    // The one that was set up above; a single audit is enough here.
    const file = join(consumer.installed, 'lighthouserc.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"numberOfRuns": 3', '"numberOfRuns": 1'));
    const ran = await vigie(consumer.installed, ['audit', 'home-audit', '--json']);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assertGood(ran.stdout, ['home-audit']);
    assert.match(ran.stdout, /"lighthouse": "12\.6\.1"/);
  });

  it('brings one Lighthouse and one browser library, none of them twice', () => {
    const lock = readFileSync(join(consumer.packages, 'node_modules/.package-lock.json'), 'utf8');
    const places = Object.keys(JSON.parse(lock).packages);
    for (const name of ['lighthouse', 'puppeteer-core', 'playwright-core'])
      assert.deepEqual(
        places.filter((place) => place.endsWith(`node_modules/${name}`)),
        [`node_modules/${name}`],
      );
  });

  it('refuses to overwrite, names everything in the way, and writes nothing', async () => {
    const again = await vigie(consumer.installed, ['init', '--url', 'http://127.0.0.1:1']);
    assert.equal(again.code, 3);
    for (const file of FIRST_FILES) assert.ok(again.stdout.includes(`${file} is there already`), again.stdout);

    const folder = consumer.makeProject('half', { manifest: { name: 'half' } });
    writeFileSync(join(folder, 'lighthouserc.json'), '{}');
    const half = await vigie(folder, ['init', '--url', site.url]);
    assert.equal(half.code, 3);
    assert.deepEqual(readdirSync(folder).sort(), ['lighthouserc.json', 'node_modules', 'package.json']);
    assert.equal(readFileSync(join(folder, 'package.json'), 'utf8'), '{\n  "name": "half"\n}\n');
  });

  it('tells npm to run the current Lighthouse, in a package.json that is otherwise left as it was', () => {
    const manifest = JSON.parse(readFileSync(join(consumer.installed, '..', 'commonjs', 'package.json'), 'utf8'));
    const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    assert.deepEqual(manifest, {
      name: 'shop',
      type: 'commonjs',
      overrides: { lighthouse: devDependencies.lighthouse },
    });
  });

  it('refuses an old Node by name, with exit code 3', async (test) => {
    const node = nodeOfUser();
    const version = node === undefined ? '' : (await run(node, ['-p', 'process.versions.node'], here())).stdout.trim();
    if (node === undefined || isAtLeast(version, LEAST_NODE)) {
      test.skip(`no Node older than 24.15 is on PATH (${version || 'none'})`);
      return;
    }
    const PATH = foldersOfUser().join(':');
    for (const args of [['run'], ['--version'], ['init', '--url', site.url]]) {
      const refused = await vigie(consumer.installed, args, { PATH });
      assert.equal(refused.code, 3, refused.stdout + refused.stderr);
      assert.ok(refused.stderr.includes(`needs Node 24.15 or newer, this is ${version}`), refused.stderr);
    }
  });

  it('watches: storage and web in threads of their own, until it is told to stop', async () => {
    const folder = consumer.makeProject('watched', { manifest: { name: 'watched' } });
    writeFileSync(join(folder, 'vigie.config.ts'), watchOnly(site.url));
    await using daemon = startProgram(join(folder, 'node_modules', '.bin', 'vigie'), folder);
    const page = await daemon.said(/^page +(http:\S+?)\/?$/m);
    await daemon.said(/home passed/);
    // The web thread is told of runs together, a moment after they are recorded.
    await until('the run in the metrics', async () => {
      const metrics = await (await fetch(`${page}/metrics`)).text();
      return /^probe_success\{.*check="home".*\} 1$/m.test(metrics) ? true : undefined;
    });
    assert.equal(await daemon.stop('SIGTERM'), 0, daemon.output());
  });

  it('plans the day by what it has measured, and knows where its tools are', async () => {
    const planned = await vigie(consumer.installed, ['plan', '--json']);
    const { checks, lanes } = JSON.parse(planned.stdout);
    assert.deepEqual(checks[0].basedOn, { runs: 1 });
    assert.equal(lanes.light.runs, 2_880);
    const setup = await vigie(consumer.installed, ['setup'], { VIGIE_OFFLINE: '1' });
    assert.equal(setup.code, 0, setup.stderr);
    assert.match(setup.stdout, /✓ chromium[\s\S]*✓ k6/);
  });
});

describe('what the package brings for editors and for k6', () => {
  it('declares types that compile by themselves, and refuses a wrong unit and a wrong name', async () => {
    const folder = consumer.makeProject('typed', { manifest: { name: 'typed', type: 'module' } });
    assert.equal((await vigie(folder, ['init', '--url', site.url])).code, 0);
    writeFileSync(join(folder, 'wrong.ts'), WRONG);
    writeFileSync(join(folder, 'journeys', 'home.spec.ts'), AS_A_TEST.replace('./home', './home.js'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICTEST }));
    // A line of `wrong.ts` that compiles after all is an error too.
    const tsc = [join(REPOSITORY, 'node_modules/.bin/tsc'), '-p', '.', '--singleThreaded'];
    const compiled = await run(process.execPath, tsc, { cwd: folder });
    assert.equal(compiled.code, 0, compiled.stdout);
  });

  it('runs a journey under the plain Playwright runner', async () => {
    const folder = join(consumer.installed, '..', 'commonjs');
    writeFileSync(join(folder, 'journeys', 'home.spec.ts'), AS_A_TEST);
    const chromium = await locateChromium();
    assert.ok(chromium.found);
    const config = `module.exports = { use: { baseURL: '${site.url}', launchOptions: { executablePath: '${chromium.path}', chromiumSandbox: false } } };`;
    writeFileSync(join(folder, 'playwright.config.js'), config);
    const ran = await run('npx', ['--no-install', 'playwright', 'test', '--reporter=line'], { cwd: folder });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /1 passed/);
  });

  it('keeps the manual of the options in the declarations', () => {
    const declared = (file: string) => readFileSync(join(consumer.installed, 'node_modules/vigie/dist', file), 'utf8');
    assert.match(declared('config/common-schema.d.ts'), /\* Interval between slots.*\n +every: /);
    assert.match(declared('config/settings-schema.d.ts'), /\* Base URL; relative.*\n +url: /);
    assert.match(declared('synthetic/http/kind.d.ts'), /\* Request method.*\n +method: /);
    assert.match(declared('load/kind.d.ts'), /\* The k6 script, run unchanged.*\n +script: /);
  });

  it('has a kit that a k6 script imports by path, and a first scenario for plain k6', async () => {
    const k6 = await locateK6();
    assert.ok(k6.found);
    const script = join(consumer.installed, 'load', 'with-kit.ts');
    writeFileSync(script, WITH_KIT);
    for (const args of [[script], [join(consumer.installed, 'load', 'smoke.ts'), '--vus', '1', '--iterations', '1']]) {
      const ran = await run(k6.path, ['run', '--quiet', ...args], {
        ...here(),
        env: { VIGIE_TARGET: `${site.url}/en` },
      });
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    }
  });
});

function here(): { readonly cwd: string } {
  return { cwd: consumer.installed };
}

/** Ten seconds of load prove no more here than one. */
function shorten(folder: string): void {
  const file = join(folder, 'load', 'smoke.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("duration: '10s'", "duration: '1s'"));
}

/** Measured and not failed. A busy machine may cross a limit that only warns. */
function assertGood(json: string, checks: readonly string[]): void {
  const { runs }: { runs: readonly { check: string; verdict: { status: string } }[] } = JSON.parse(json);
  assert.deepEqual(
    runs.map(({ check }) => check),
    checks,
  );
  for (const { verdict } of runs) assert.match(verdict.status, /^(passed|degraded)$/);
}
