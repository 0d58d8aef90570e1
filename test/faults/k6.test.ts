// suite: waits

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type CheckInput, loadCheck } from '../../app/index.ts';
import type { Blame, FaultCode } from '../../core/fault.ts';
import type { Tools } from '../../core/kind.ts';
import { decisive } from '../../core/run.ts';
import { serveHttp } from '../../synthetic/net/testing/servers.ts';
import type { Expected } from './expectations.ts';
import { describeFamily, type Row } from './family.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FAKE_K6 = join(ROOT, 'load/fixtures/fake-k6.mjs');
const tools: Tools = { find: async () => ({ found: true, path: FAKE_K6, version: '2.2.0', from: 'test' }) };

type World = { readonly url: string };
type Misbehaviour = Readonly<Record<string, string>>;

/** A load check whose k6 misbehaves as the FAKE_ variables say. */
function stub(
  fault: number,
  name: string,
  env: Misbehaviour,
  expected: Expected,
  more: Partial<Row<World>> = {},
): Row<World> {
  const timeout = env.FAKE_STAY === undefined ? '20s' : '2s';
  return {
    fault,
    name,
    check: (id): CheckInput => loadCheck(id, { script: 'modes.ts', env, allow: ['127.0.0.1'], timeout }),
    run: (id, monitor) => monitor.run(id, { tools }),
    expected,
    ...more,
  };
}

function exits(code: number, inconclusive: FaultCode, blame: Blame): Row<World> {
  return stub(49, `exit ${code}`, { FAKE_EXIT: String(code) }, { inconclusive, blame });
}

function writes(what: string): Row<World> {
  const expected = { inconclusive: 'tool-output', blame: 'tool' } as const;
  return stub(51, `a summary that is ${what}`, { FAKE_SUMMARY: what }, expected);
}

const rows: readonly Row<World>[] = [
  stub(49, 'exit 0', { FAKE_EXIT: '0' }, { passed: true }),
  stub(49, 'exit 99, thresholds crossed', { FAKE_EXIT: '99', FAKE_CROSSED: 'yes' }, { failed: /p\(95\)<500/ }),
  stub(49, 'exit 99, and no threshold says why', { FAKE_EXIT: '99' }, { inconclusive: 'tool-output', blame: 'tool' }),
  exits(97, 'tool-crashed', 'tool'),
  exits(98, 'tool-crashed', 'tool'),
  exits(100, 'script-hung', 'script'),
  exits(101, 'script-hung', 'script'),
  exits(102, 'tool-hung', 'tool'),
  exits(103, 'cancelled', 'operator'),
  exits(104, 'config-invalid', 'config'),
  exits(105, 'cancelled', 'operator'),
  exits(106, 'tool-crashed', 'tool'),
  exits(107, 'script-exception', 'script'),
  stub(
    49,
    'exit 107 before anything ran',
    { FAKE_EXIT: '107', FAKE_SUMMARY: 'none' },
    { inconclusive: 'script-invalid', blame: 'script' },
  ),
  exits(108, 'script-exception', 'script'),
  exits(109, 'tool-crashed', 'tool'),
  stub(
    49,
    'exit 110, the script says that the target failed',
    { FAKE_EXIT: '110' },
    { failed: /test marked as failed/ },
  ),
  exits(137, 'host-memory', 'host'),
  exits(255, 'tool-crashed', 'tool'),
  stub(49, 'SIGKILL from outside', { FAKE_SIGNAL: 'SIGKILL' }, { inconclusive: 'host-memory', blame: 'host' }),
  stub(49, 'SIGSEGV', { FAKE_SIGNAL: 'SIGSEGV' }, { inconclusive: 'tool-crashed', blame: 'tool' }),
  stub(
    48,
    'hangs and ignores SIGTERM',
    { FAKE_STAY: 'until-killed' },
    { inconclusive: 'tool-hung', blame: 'tool', says: /ignored SIGTERM/ },
  ),
  stub(
    48,
    'hangs and ends when it is asked to',
    { FAKE_STAY: 'until-asked' },
    { inconclusive: 'script-hung', blame: 'script' },
  ),
  ...['none', 'empty', 'half', 'shape', 'nan'].map(writes),
  stub(
    51,
    'a summary of 500 MB',
    { FAKE_SUMMARY: 'huge' },
    { inconclusive: 'tool-output', blame: 'tool' },
    {
      also: (run) => {
        const kept = decisive(run)?.artefacts.find(({ kind }) => kind === 'raw' || kind === 'summary');
        assert.ok((kept?.sizeBytes ?? 0) < 1_000_000, 'what is kept aside of it is small');
      },
    },
  ),
];

describeFamily<World>('k6 that misbehaves', {
  rows,
  concurrency: 2,
  baseFolder: join(ROOT, 'load/fixtures/scripts'),
  async open(stack) {
    const page = stack.use(await serveHttp((_request, response) => response.end('hello')));
    return { url: `http://127.0.0.1:${page.port}` };
  },
});
