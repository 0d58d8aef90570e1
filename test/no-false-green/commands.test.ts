import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { vigieHere } from '../e2e/vigie-here.ts';
import { type Ended, makeWorkspace, startVigie, vigie, type Workspace } from '../e2e/vigie-process.ts';

const MAIN = join(import.meta.dirname, '../../app/main.ts');
const NOTHING = { VIGIE_CHROMIUM: '/nowhere/chromium', VIGIE_K6: '/nowhere/k6' };

/** What is typed, the exit code, and what must be named. */
const ROWS: readonly (readonly [args: string, exit: number, says: RegExp])[] = [
  ['run --tag typo', 2, /there is no tag 'typo' – known: web/],
  ['run tpyo', 2, /there is no check 'tpyo'/],
  ['run load --tag web', 2, /nothing selected: no check matches/],
  ['run page tpyo', 2, /there is no check 'tpyo'/],
  ['load', 3, /missing required argument 'check'/],
  ['load page', 2, /there is no check 'page'/],
  ['audit', 2, /nothing selected: no check matches/],
  ['run journey', 2, /VIGIE_CHROMIUM/],
  ['run load', 2, /k6 was not found.*VIGIE_K6/],
  ['run backup', 2, /only `vigie start` hears them/],
  ['run page --config all-manual.config.ts', 0, /1 check: 1 passed/],
  ['run --config all-manual.config.ts', 2, /nothing selected: no check matches/],
  ['run --config empty.config.ts', 3, /there are no checks: add at least one/],
  ['run --config nowhere.config.ts', 3, /there is no file 'nowhere\.config\.ts'/],
  ['run page --environment typo', 3, /typo/],
  ['status', 2, /nothing was recorded yet/],
  ['report', 2, /nothing was recorded yet/],
  ['report --since 0s', 3, /is not a duration/],
  ['doctor', 2, /k6 +missing, needed by load/],
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

  for (const [args, exit, says] of ROWS)
    it(`ends with ${exit}: vigie ${args}`, async () => {
      const isRun = /^(?:run|load|audit)/.test(args);
      const ended = await run(isRun ? `${args} --no-record` : args, SPAWNED.has(args) ? vigie : vigieHere);
      assert.equal(ended.code, exit, ended.stdout + ended.stderr);
      assert.match(ended.stdout + ended.stderr, says);
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
    assert.match(said, /the output could not be written: ENOSPC/);
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
