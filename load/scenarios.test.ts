import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { judge } from '../core/judge.ts';
import { runProcess } from '../process/run-process.ts';
import { blindMachine, NO_K6, REAL_K6, targetAt, testContext, toolsWith } from './fixtures/context.ts';
import { loadKind } from './kind.ts';
import { type LoadInput, loadSchema } from './options.ts';
import { runLoad } from './run.ts';

const TOKEN = 'a-token-for-these-tests';

describe('the kit under the real k6', { skip: NO_K6 }, () => {
  it('shares data, checks without throwing and is random by user and iteration', async () => {
    const server = createServer((_, response) => response.end('{"ok":true}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = targetAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const context = testContext({ target, tools: toolsWith(REAL_K6 ?? '') });
    const observation = await runLoad(
      loadSchema.parse({ script: 'kit.ts', allow: ['localhost'] }),
      context,
      blindMachine,
    );
    server.close();
    assert.equal(observation.evidence.script_exceptions?.seen, 0);
    const log = readFileSync(join(context.folder, 'k6.log'), 'utf8').split('\n');
    const said = log.flatMap((line) => (line.includes('"source":"console"') ? [JSON.parse(JSON.parse(line).msg)] : []));
    assert.deepEqual(said.map(({ row }) => row).sort(), ['first', 'first', 'second', 'second']);
    assert.equal(new Set(said.map(({ first }) => first)).size, 4);
    for (const { numbers, holds, nothing } of said) assert.deepEqual([numbers, holds, nothing], [2, true, false]);
  });
});

/** The demo runs as a process of its own: this folder knows nothing of it but its address. */
describe('the scenarios against the demo', { skip: NO_K6, concurrency: 2 }, () => {
  let demo: ChildProcess;
  let frontend = '';
  let api = '';

  before(async () => {
    const main = join(import.meta.dirname, '../demo/main.ts');
    demo = spawn(process.execPath, [main, '--frontend-port', '0', '--api-port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, DEMO_ADMIN_TOKEN: TOKEN },
    });
    assert.ok(demo.stdout);
    const [line] = await once(createInterface({ input: demo.stdout }), 'line');
    ({ frontend, api } = JSON.parse(line));
  });
  after(async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const left: unknown = await (await fetch(`${api}/admin/accounts/synthetic/count`, { headers })).json();
    const gone = once(demo, 'exit');
    demo.kill('SIGTERM');
    await gone;
    assert.deepEqual(left, { total: 0 }, 'the subscription scenario leaves no account behind');
  });

  const sizes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    api: { VUS: '5', DURATION: '1s' },
    smoke: { DURATION: '1s' },
    search: { VUS: '3', DURATION: '1s', THINK_S: '0.2' },
    ocr: { VUS: '1', DURATION: '1s' },
    subscription: { VUS: '2', DURATION: '1s' },
  };

  for (const [name, env] of Object.entries(sizes)) {
    // Limits of time are loose: what is tested is that the scenario does what it says, on a machine shared with others.
    const loose = { P95_MS: '20000', SEARCH_P95_MS: '20000', PART_P95_MS: '20000', READING_P95_MS: '20000' };

    it(`${name} passes under Vigie`, async () => {
      const target = targetAt(frontend, { origins: { api } });
      const context = testContext({
        target,
        tools: toolsWith(REAL_K6 ?? ''),
        baseFolder: join(import.meta.dirname, '..'),
      });
      const input: LoadInput = { script: `load/scenarios/${name}.ts`, env: { ...env, ...loose }, allow: ['localhost'] };
      const options = loadSchema.parse(input);
      const observation = await runLoad(options, context, blindMachine);
      const { verdict } = judge(observation, { budgets: [], evidence: loadKind.evidence(options) });
      assert.deepEqual(verdict, { status: 'passed' }, JSON.stringify(observation.facts));
      assert.ok(observation.assertions.length >= 3);
    });

    it(`${name} runs under plain k6, unchanged`, async () => {
      const settings = Object.entries({ ...env, ...loose, VIGIE_API: api }).flatMap(([key, value]) => [
        '-e',
        `${key}=${value}`,
      ]);
      const ending = await runProcess({
        command: REAL_K6 ?? '',
        args: ['run', '--no-usage-report', ...settings, join(import.meta.dirname, 'scenarios', `${name}.ts`)],
        env: {
          HOME: testContext({ target: targetAt(api), tools: toolsWith('') }).folder,
          K6_AUTO_EXTENSION_RESOLUTION: 'false',
        },
        deadlineMs: 60_000,
      });
      assert.deepEqual([ending.how, 'code' in ending && ending.code], ['exited', 0], ending.stdout + ending.stderr);
    });
  }
});
