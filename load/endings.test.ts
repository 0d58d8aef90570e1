import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Fault, fault } from '../core/fault.ts';
import { judge } from '../core/judge.ts';
import type { RunContext } from '../core/kind.ts';
import type { Verdict } from '../core/run.ts';
import { LOAD_ENDINGS } from './endings.ts';
import { blindMachine, targetAt, testContext, toolsWith } from './fixtures/context.ts';
import { loadKind } from './kind.ts';
import { loadSchema } from './options.ts';
import { runLoad } from './run.ts';

const FAKE = join(import.meta.dirname, 'fixtures/fake-k6.mjs');
const tools = toolsWith(FAKE);
const target = targetAt('http://127.0.0.1:9');

type Given = Partial<RunContext> & { readonly timeoutMs?: number };

async function end(env: Readonly<Record<string, string>>, given: Given = {}) {
  const context = testContext({ target, tools, ...given });
  const options = loadSchema.parse({ script: 'healthy.ts', env, allow: ['127.0.0.1'] });
  const observation = await runLoad(options, context, blindMachine);
  const { verdict } = judge(observation, { budgets: [], evidence: loadKind.evidence(options) });
  return { observation, verdict, context };
}

function faultOf(verdict: Verdict): Fault {
  assert.equal(verdict.status, 'inconclusive');
  return verdict.fault;
}

/** [what k6 does, the fault's code and blame, its message] */
const FAULTS: readonly (readonly [string, Readonly<Record<string, string>>, string, RegExp])[] = [
  ['exit 97', { FAKE_EXIT: '97' }, 'tool-crashed/tool', /cloud run/],
  ['exit 98', { FAKE_EXIT: '98' }, 'tool-crashed/tool', /cloud run/],
  ['exit 100', { FAKE_EXIT: '100' }, 'script-hung/script', /setup\(\)/],
  ['exit 101', { FAKE_EXIT: '101' }, 'script-hung/script', /teardown\(\)/],
  ['exit 102', { FAKE_EXIT: '102' }, 'tool-hung/tool', /gave up/],
  ['exit 103', { FAKE_EXIT: '103' }, 'cancelled/operator', /REST API/],
  [
    'exit 104',
    { FAKE_EXIT: '104', FAKE_SUMMARY: 'none', FAKE_STDERR: '{"level":"error","msg":"no such metric"}' },
    'config-invalid/config',
    /refuses the options.*no such metric/,
  ],
  ['exit 105', { FAKE_EXIT: '105' }, 'cancelled/operator', /signal/],
  ['exit 106', { FAKE_EXIT: '106' }, 'tool-crashed/tool', /REST API/],
  [
    'exit 107 without a summary',
    { FAKE_EXIT: '107', FAKE_SUMMARY: 'none' },
    'script-invalid/script',
    /could not be loaded/,
  ],
  ['exit 107 with a summary', { FAKE_EXIT: '107' }, 'script-exception/script', /setup\(\) or teardown\(\)/],
  ['exit 108', { FAKE_EXIT: '108' }, 'script-exception/script', /aborted/],
  [
    'exit 109',
    { FAKE_EXIT: '109', FAKE_SUMMARY: 'none', FAKE_STDERR: 'panic: nil map' },
    'tool-crashed/tool',
    /crashed: panic: nil map/,
  ],
  ['exit 137', { FAKE_EXIT: '137', FAKE_SUMMARY: 'none' }, 'host-memory/host', /memory/],
  ['exit 255', { FAKE_EXIT: '255', FAKE_SUMMARY: 'none' }, 'tool-crashed/tool', /unexpected exit code 255/],
  ['exit 1', { FAKE_EXIT: '1' }, 'tool-crashed/tool', /unexpected exit code 1/],
  ['SIGKILL', { FAKE_SIGNAL: 'SIGKILL', FAKE_SUMMARY: 'none' }, 'host-memory/host', /memory/],
  ['SIGSEGV', { FAKE_SIGNAL: 'SIGSEGV' }, 'tool-crashed/tool', /SIGSEGV/],
  ['exit 0 without a summary', { FAKE_SUMMARY: 'none' }, 'tool-output/tool', /wrote no summary/],
  ['exit 99 without a summary', { FAKE_EXIT: '99', FAKE_SUMMARY: 'none' }, 'tool-output/tool', /wrote no summary/],
  ['exit 110 without a summary', { FAKE_EXIT: '110', FAKE_SUMMARY: 'none' }, 'tool-output/tool', /wrote no summary/],
  ['half a summary', { FAKE_SUMMARY: 'half' }, 'tool-output/tool', /not JSON/],
  ['an empty summary', { FAKE_SUMMARY: 'empty' }, 'tool-output/tool', /not JSON/],
  ['NaN in the summary', { FAKE_SUMMARY: 'nan' }, 'tool-output/tool', /not JSON/],
  ['a summary of another shape', { FAKE_SUMMARY: 'shape' }, 'tool-output/tool', /another shape/],
  ['a summary of 500 MB', { FAKE_SUMMARY: 'huge' }, 'tool-output/tool', /524288000 bytes/],
  ['exit 0 with a crossed threshold', { FAKE_CROSSED: 'yes' }, 'tool-output/tool', /ended with 0 but/],
  ['exit 99 with no crossed threshold', { FAKE_EXIT: '99' }, 'tool-output/tool', /ended with 99 but/],
];

describe('how k6 can end', { concurrency: 2 }, () => {
  for (const [name, env, expected, message] of FAULTS) {
    it(`${name} is ${expected}`, async () => {
      const found = faultOf((await end(env)).verdict);
      assert.equal(`${found.code}/${found.blame}`, expected);
      assert.match(found.message, message);
    });
  }

  it('exit 0 passes', async () => {
    assert.deepEqual((await end({})).verdict, { status: 'passed' });
  });

  it('exit 99 fails by the crossed threshold', async () => {
    const { verdict } = await end({ FAKE_EXIT: '99', FAKE_CROSSED: 'yes' });
    assert.equal(verdict.status, 'failed');
    assert.ok(verdict.breaches[0].kind === 'assertion' && /p\(95\)<500/.test(verdict.breaches[0].expected));
  });

  it('exit 110 fails, in the words of the script', async () => {
    const { verdict } = await end({
      FAKE_EXIT: '110',
      FAKE_STDERR: '{"level":"error","msg":"test marked as failed: too slow"}',
    });
    assert.equal(verdict.status, 'failed');
    assert.ok(
      verdict.breaches[0].kind === 'assertion' && verdict.breaches[0].actual === 'test marked as failed: too slow',
    );
  });

  it('keeps what was seen besides a fault', async () => {
    const { verdict } = await end({ FAKE_EXIT: '108', FAKE_CROSSED: 'yes' });
    assert.ok(verdict.status === 'inconclusive' && verdict.seen.length === 1);
  });

  it('keeps the beginning of a summary that cannot be read', async () => {
    const { observation } = await end({ FAKE_SUMMARY: 'half' });
    const raw = observation.artefacts.find(({ kind }) => kind === 'raw');
    assert.ok(raw !== undefined && raw.sizeBytes > 0 && raw.sizeBytes <= 65_536);
  });

  it('a deadline that k6 heeds is the script that is too long', async () => {
    const { observation, verdict } = await end({ FAKE_STAY: 'until-asked', FAKE_EXIT: '105' }, { timeoutMs: 1_500 });
    assert.equal(faultOf(verdict).code, 'script-hung');
    assert.ok(
      observation.measures.some(({ name }) => name === 'iterations'),
      'the summary of the stopped run is kept',
    );
  });

  it('a deadline that k6 ignores is a hung tool, and the run ends all the same', async () => {
    const { verdict } = await end({ FAKE_STAY: 'until-killed' }, { timeoutMs: 1_000 });
    const found = faultOf(verdict);
    assert.equal(found.code, 'tool-hung');
    assert.match(found.message, /ignored SIGTERM/);
  });

  it('a run that is called off ends with the reason given, and with a deadline when none is', async () => {
    const reason = fault('cancelled', 'pressed Ctrl-C');
    const cases = [
      { why: reason, code: 'cancelled' },
      { why: undefined, code: 'script-hung' },
    ];
    for (const { why, code } of cases) {
      const stop = new AbortController();
      const context = { signal: stop.signal, progress: () => stop.abort(why) };
      assert.equal(faultOf((await end({ FAKE_STAY: 'until-asked' }, context)).verdict).code, code);
    }
  });

  it('an executable that is not there or not executable is a missing tool', async () => {
    for (const path of ['/nonexistent/k6', join(import.meta.dirname, 'endings.ts')]) {
      const found = faultOf((await end({}, { tools: toolsWith(path) })).verdict);
      assert.equal(`${found.code}/${found.blame}`, 'tool-missing/tool');
      assert.ok(found.message.includes(path), found.message);
    }
  });

  it('shows every row of its table once', () => {
    const rows = LOAD_ENDINGS.map(({ when }) => when);
    assert.equal(new Set(rows).size, rows.length);
    for (const code of [0, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 137, 255])
      assert.ok(
        rows.some((row) => row.startsWith(`exit ${code}`)),
        `exit ${code}`,
      );
  });
});
