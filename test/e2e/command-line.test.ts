import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { assertNames } from '../../core/testing/assert-names.ts';
import { vigieHere } from './vigie-here.ts';
import { type Ended, makeWorkspace, vigie, type Workspace } from './vigie-process.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'app', 'main.ts');
const ENTRY = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));
const result = z.object({
  schemaVersion: z.literal(1),
  exitCode: z.number(),
  verdict: z.string(),
  runs: z.array(
    z.object({
      check: z.string(),
      verdict: z.object({ status: z.string(), fault: z.object({ code: z.string(), blame: z.string() }).optional() }),
    }),
  ),
  problems: z.array(z.string()),
});
const refusal = z.object({
  valid: z.literal(false),
  code: z.literal('config-invalid'),
  problems: z.array(z.object({ path: z.string(), message: z.string(), hint: z.string().optional() })),
});
const diagnosis = z.object({
  configuration: z.string(),
  tools: z.array(
    z.object({
      name: z.string(),
      state: z.object({ found: z.boolean(), mend: z.string().optional() }),
      neededBy: z.array(z.string()),
    }),
  ),
});
const anything = z.object({ schemaVersion: z.literal(1) }).loose();

/** What a person types and what comes of it: exit codes and documents are public. */
describe('the command line', () => {
  let target: Server;
  let workspace: Workspace;
  before(async () => {
    target = createServer((request, response) => {
      if (request.url === '/slow') return;
      response.writeHead(request.url === '/bad' ? 503 : 200).end('<h1>hello</h1>');
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: 'http://127.0.0.1:${(target.address() as AddressInfo).port}', environment: 'test' },
      defaults: { confirm: false, tags: ['all'] },
      settings: { web: { port: 0 } },
      checks: [
        v.httpCheck('good', { every: '1m', tags: ['fast'] }),
        v.httpCheck('bad', { every: '1m', url: '/bad' }),
        v.httpCheck('warned', { every: '1m', budgets: { body_bytes: { warn: '<= 1B' } } }),
        v.httpCheck('unsure', { every: '1m', url: 'http://name.invalid/', resolver: ['127.0.0.1:9'] }),
        v.httpCheck('slow', { manual: true, url: '/slow', timeout: '60s' }),
      ],
    }`);
  });
  after(async () => {
    target.closeAllConnections();
    target.close();
    await once(target, 'close');
    workspace[Symbol.dispose]();
  });

  const run = (args: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    vigieHere(workspace.folder, args.split(' '), env);
  /** With `--json` stdout holds one document and nothing else. */
  const read = <T>(shape: z.ZodType<T>, { stdout, stderr }: Ended): T => {
    assert.ok(stdout.startsWith('{'), stdout + stderr);
    return shape.parse(JSON.parse(stdout));
  };

  it('says that there is no history yet, which is no mistake of the configuration', async () => {
    const shape = z.object({ checks: z.array(z.unknown()).optional(), incidents: z.array(z.unknown()).optional() });
    for (const command of ['status', 'incidents', 'report']) {
      const ended = await run(`${command} --json`);
      assert.equal(ended.code, 2, ended.stderr);
      const { checks, incidents } = read(shape, ended);
      assert.deepEqual(checks ?? incidents, [], ended.stdout);
    }
  });

  /** The last are the problems, each by what it names: what was given, and what there is instead. */
  const endings = [
    ['run good --json', 0, 'passed', []],
    ['run warned good --json', 0, 'degraded', []],
    ['run good bad unsure --json', 1, 'failed', []],
    ['run unsure good --json', 2, 'inconclusive', []],
    ['run --tag fast --json', 0, 'passed', []],
    ['run --tag typo --json', 2, 'none', [['tag', 'typo', 'fast', 'all']]],
    ['run god --json', 2, 'none', [['check', 'god', 'good']]],
    ['run good --tag typo --json --no-record', 2, 'none', [['tag', 'typo']]],
    ['run good nothing --json --no-record', 2, 'passed', [['check', 'nothing']]],
    ['load good --json', 2, 'none', [['check', 'good']]],
  ] as const;
  for (const [args, code, verdict, problems] of endings)
    it(`ends with ${code} and says '${verdict}': vigie ${args}`, async () => {
      const ended = await run(args);
      assert.equal(ended.code, code, ended.stdout + ended.stderr);
      const document = read(result, ended);
      assert.deepEqual([document.exitCode, document.verdict], [code, verdict]);
      assert.equal(document.problems.length, problems.length, document.problems.join());
      for (const [index, names] of problems.entries()) assertNames(document.problems[index] ?? '', names);
    });

  it('records an interrupted run as cancelled and ends with 130', async () => {
    const child: ChildProcess = spawn(process.execPath, [MAIN, 'run', 'slow', '--json'], {
      cwd: workspace.folder,
      env: { ...process.env, NO_COLOR: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const reached = once(target, 'request');
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = once(child, 'close');
    await Promise.race([reached, ended]);
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 130);
    const { runs } = result.parse(JSON.parse(stdout));
    assert.deepEqual(
      runs.map(({ verdict }) => [verdict.status, verdict.fault?.code, verdict.fault?.blame]),
      [['inconclusive', 'cancelled', 'operator']],
    );
  });

  it('shows history from the store: states, uptime, incidents', async () => {
    const [status, report, typo, incidents] = await Promise.all([
      run('status --json'),
      run('report --since 1h --json'),
      run('report good tpyo --json'),
      run('incidents --json'),
    ]);
    const { checks } = read(
      z.object({
        checks: z.array(z.object({ check: z.string(), latest: z.object({ status: z.string() }).optional() })),
      }),
      status,
    );
    assert.deepEqual(
      checks.map(({ check, latest }) => `${check} ${latest?.status}`),
      ['good passed', 'bad failed', 'warned degraded', 'unsure inconclusive', 'slow inconclusive'],
    );
    assert.equal(status.code, 1);
    assert.equal(report.code, 2, 'runs by hand are no uptime');
    const { problems } = read(z.object({ problems: z.array(z.string()) }), typo);
    assertNames(problems.join(), ['check', 'tpyo']);
    assert.deepEqual([typo.code, incidents.code], [2, 0]);
    assert.deepEqual(read(z.object({ incidents: z.array(z.unknown()) }), incidents).incidents, []);
  });

  it('ends the process of each command with what it found, its document on stdout', async () => {
    const rows = [
      ['run bad --json --no-record', 1],
      ['load good --json', 2],
      ['status --json', 1],
      ['report --json', 2],
      ['incidents --json', 0],
      ['validate --json', 0],
      ['doctor --json', 0],
      ['statis', 3],
    ] as const;
    for (const [args, code] of rows) {
      const ended = await vigie(workspace.folder, args.split(' '));
      assert.equal(ended.code, code, `${args}: ${ended.stdout}${ended.stderr}`);
      if (args.includes('--json')) read(anything, ended);
      else assert.equal(ended.stdout, '');
    }
  });

  it('tells tools and configuration', async () => {
    const [doctor, validate] = await Promise.all([run('doctor --json'), run('validate --json')]);
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.deepEqual(
      read(diagnosis, doctor).tools.map(({ name }) => name),
      ['chromium', 'k6', 'lhci', 'lighthouse', 'playwright'],
    );
    assert.equal(validate.code, 0);
    assert.equal(read(z.object({ checks: z.array(z.unknown()) }), validate).checks.length, 5);
    assertNames(validate.stderr, [join(workspace.folder, 'vigie.config.ts')]);
  });

  it('names what is missing, who needs it and what mends it, and ends with 2 only when it is needed', async () => {
    workspace.write('load.ts', 'export default function () {}');
    workspace.write(
      'needy.config.ts',
      `import config from './vigie.config.ts';\nimport { loadCheck } from ${ENTRY};\nexport default { ...config, checks: [loadCheck('heavy', { manual: true, script: 'load.ts' })] };\n`,
    );
    const env = { VIGIE_K6: '/nowhere/k6' };
    const [needed, spare] = await Promise.all([
      run('doctor --config needy.config.ts --json', env),
      run('doctor --json', env),
    ]);
    assert.equal(needed.code, 2, needed.stdout + needed.stderr);
    const k6 = read(diagnosis, needed).tools.find(({ name }) => name === 'k6');
    assert.deepEqual([k6?.state.found, k6?.neededBy], [false, ['heavy']]);
    assertNames(k6?.state.mend ?? '', ['VIGIE_K6']);
    assert.equal(spare.code, 0);
    const nothing = await run('doctor --config none.ts --json');
    assert.equal(nothing.code, 0, 'it is for machines on which nothing is configured yet, too');
    const { configuration } = read(diagnosis, nothing);
    assertNames(configuration, ["'none.ts'"]);
    assert.notEqual(configuration, join(workspace.folder, 'none.ts'), 'it is none that could be used');
  });

  it('colours only when asked to', async () => {
    const [plain, coloured, quiet] = await Promise.all([
      run('run bad --no-record'),
      run('run bad --no-record', { NO_COLOR: '', FORCE_COLOR: '1' }),
      run('run bad --no-record', { FORCE_COLOR: '1' }),
    ]);
    assert.deepEqual(
      [plain, coloured, quiet].map(({ stdout }) => stdout.includes('\u001b[')),
      [false, true, false],
    );
  });

  it('refuses what it does not know with 3, all problems at once', async () => {
    const refused = [
      ['report --since soon', '--since', ['soon', '24h', '7d']],
      ['validate --config none.ts', '', ['none.ts', '--config']],
      ['validate --environment none', 'environments', ["'none'"]],
    ] as const;
    for (const [args, path, names] of refused) {
      const ended = await run(`${args} --json`);
      assert.equal(ended.code, 3, `${args}: ${ended.stdout}${ended.stderr}`);
      const { problems } = read(refusal, ended);
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
        args,
      );
      assertNames(problems.map(({ message, hint = '' }) => message + hint).join(), names);
    }
    const mistyped = [
      ['incidents --limit 0', ['--limit', "'0'"]],
      ['status --colour', ['--colour']],
      ['statis', ['statis', 'status']],
      ['status good', ['status', 'good']],
    ] as const;
    for (const [args, names] of mistyped) {
      const ended = await run(args);
      assert.equal(ended.code, 3, `${args}: ${ended.stdout}${ended.stderr}`);
      assert.equal(ended.stdout, '');
      assertNames(ended.stderr, names);
    }
    workspace.write(
      'broken.config.ts',
      `export default { target: { name: 'Shop', url: 'ftp://x' }, checks: [{ kind: 'http', id: 'a', options: { evry: '1m' } }] };`,
    );
    const broken = await run('validate --json --config broken.config.ts');
    assert.equal(broken.code, 3);
    const { problems } = read(refusal, broken);
    assert.ok(problems.length >= 3, JSON.stringify(problems));
    assert.ok(
      problems.some(({ hint }) => hint?.includes("'every'")),
      JSON.stringify(problems),
    );
  });
});
