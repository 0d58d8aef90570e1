import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assertNames } from '../../core/testing/assert-names.ts';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { vigieHere } from '../e2e/vigie-here.ts';
import { type Ended, makeWorkspace, startVigie, vigie, type Workspace } from '../e2e/vigie-process.ts';

const MAIN = join(import.meta.dirname, '../../app/main.ts');
const NOTHING = { VIGIE_CHROMIUM: '/nowhere/chromium', VIGIE_K6: '/nowhere/k6' };

const NONE = '"verdict": "none"';
const REFUSED = '"code": "config-invalid"';

/** What is typed, the exit code, and what the document must hold; of what `load` alone gives there is none. */
const ROWS: readonly (readonly [args: string, exit: number, holds: readonly string[]])[] = [
  ['run --tag typo', 2, [NONE, "tag 'typo'", 'web']],
  ['run tpyo', 2, [NONE, "check 'tpyo'"]],
  ['run load --tag web', 2, [NONE, '"command": "run"']],
  ['run page tpyo', 2, ['"verdict": "passed"', "check 'tpyo'"]],
  ['load', 3, ["'check'"]],
  ['load page', 2, [NONE, "check 'page'"]],
  ['audit', 2, [NONE, '"command": "audit"']],
  ['run journey', 2, ['"code": "tool-missing"', 'VIGIE_CHROMIUM']],
  ['run load', 2, ['"code": "tool-missing"', 'VIGIE_K6']],
  ['run backup', 2, ['"code": "evidence-missing"', 'vigie start']],
  ['run page --config all-manual.config.ts', 0, ['"verdict": "passed"', '"check": "page"']],
  ['run --config all-manual.config.ts', 2, [NONE, '"command": "run"']],
  ['run --config empty.config.ts', 3, [REFUSED, '"path": "checks"']],
  ['run --config nowhere.config.ts', 3, [REFUSED, "'nowhere.config.ts'"]],
  ['run page --environment typo', 3, [REFUSED, '"path": "environments"', "'typo'"]],
  ['status', 2, ['"checks": []', 'vigie start']],
  ['report', 2, ['"checks": []', 'vigie start']],
  ['report --since 0s', 3, [REFUSED, '"path": "--since"', "'0s'"]],
  ['doctor', 2, ['"load"', 'VIGIE_K6']],
];
/** In a process of their own, whose exit code is seen; the others are run within this one. */
const SPAWNED = new Set(['run tpyo', 'audit', 'doctor']);

describe('a command does not end with 0 when nothing was measured', () => {
  let site: TestServer;
  let workspace: Workspace;
  before(async () => {
    site = await serveHttp(({ url }, response) => {
      if (url !== '/never') response.end('<h1>Welcome</h1>');
    });
    workspace = makeWorkspace();
    const target = `target: { name: 'shop', url: 'http://127.0.0.1:${site.port}', environment: 'test' }`;
    const others = `v.journeyCheck('journey', { manual: true, file: 'journey.ts' }),
      v.loadCheck('load', { manual: true, script: 'load.ts' }),
      v.heartbeatCheck('backup', { every: '1m', token: v.secret('TOKEN'), period: '1h' })`;
    const page = (when: string): string => `v.httpCheck('page', { ${when}, tags: ['web'] })`;
    const settings = `settings: { web: { port: 0 } }, defaults: { confirm: false }`;
    workspace.write('journey.ts', 'export default {};');
    workspace.write('load.ts', 'export default function () {}');
    for (const [file, checks] of [
      ['empty.config.ts', ''],
      ['all-manual.config.ts', page('manual: true')],
      ['vigie.config.ts', `${page("every: '1m'")}, ${others}`],
    ] as const) {
      workspace.config(`{ ${target}, ${settings}, checks: [${checks}] }`, file);
    }
  });
  after(async () => {
    workspace[Symbol.dispose]();
    await site[Symbol.asyncDispose]();
  });
  const run = (args: string, how: typeof vigie | typeof vigieHere): Promise<Ended> =>
    how(workspace.folder, args.split(' '), { ...NOTHING, TOKEN: 'a-long-and-random-token' });

  for (const [args, exit, holds] of ROWS)
    it(`ends with ${exit}: vigie ${args}`, async () => {
      const isRun = /^(?:run|load|audit)/.test(args);
      const ended = await run(`${args} --json${isRun ? ' --no-record' : ''}`, SPAWNED.has(args) ? vigie : vigieHere);
      assert.equal(ended.code, exit, ended.stdout + ended.stderr);
      assertNames(ended.stdout + ended.stderr, holds);
    });

  it('ends with 2 when its document could not be written', {
    skip: existsSync('/dev/full') ? false : 'no /dev/full to write to',
  }, async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [MAIN, 'run', 'page', '--json', '--no-record'], {
      cwd: workspace.folder,
      stdio: ['ignore', full, 'pipe'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = await once(child, 'close');
    assert.equal(code, 2, said);
    assertNames(said, ['ENOSPC']);
  });

  it('says in /metrics and on the page of no check that it is up before it has run', async () => {
    using own = makeWorkspace();
    own.config(`{
      target: { name: 'shop', url: 'http://127.0.0.1:${site.port}' },
      settings: { web: { port: 0 } },
      checks: [v.httpCheck('page', { every: '1m', url: '/never', timeout: '50s' })],
    }`);
    await using daemon = await startVigie(own.folder);
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    assert.match(metrics, /vigie_run/);
    for (const line of metrics.split('\n'))
      assert.doesNotMatch(
        line,
        /^(probe_success|probe_all_success_(count|sum)|vigie_run_last_success_timestamp_seconds)\{.*\} [1-9]/,
      );
    const { checks } = await (await fetch(`${daemon.url}/api/v1/checks`)).json();
    assert.ok(checks.length === 1 && !JSON.stringify(checks).includes('passed'), JSON.stringify(checks));
  });
});
