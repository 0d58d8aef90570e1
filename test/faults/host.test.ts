// suite: quiet

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { locateChromium } from '../../process/locate-tools.ts';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';
import { asLimitedUser, makeGroup, setLimit, whyNoGroup } from './limits.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'starved.ts');
const ANSWER_MS = 300;
const WITHIN_MS = 150_000;
const MEMORY_BYTES = 700_000_000;
const hasBrowser = (await locateChromium()).found;

type Told = {
  /** By check, how it ended in the middle of it. */
  readonly told: Readonly<Record<string, string>>;
  readonly afterwards: string;
  /** Of the checks that were due every second meanwhile. */
  readonly runs: number;
  readonly tainted: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly taints: Readonly<Record<string, number>>;
  readonly worstLatenessMs: number;
};

/** Control groups do it better; where none can be made (or VIGIE_TEST_NO_GROUPS says so), limits of processes must do. */
const isGrouped = process.env.VIGIE_TEST_NO_GROUPS === undefined;
const noPids = isGrouped ? whyNoGroup('pids') : 'not wanted';
const noMemory = isGrouped ? whyNoGroup('memory') : 'not wanted';
const host = (code: string): RegExp => new RegExp(`^inconclusive ${code} \\(host\\) `);

/** A monitor in a process of its own, from which the machine is taken away in one way. */
async function starve(
  way: string,
  test: TestContext,
  { group = '', prefix = [], env = {} }: { group?: string; prefix?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Told> {
  const [command = '', ...args] = [...prefix, process.execPath, '--no-warnings', PROGRAM, way, url(), group];
  const { stdout } = await promisify(execFile)(command, args, {
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
  });
  const told: Told = JSON.parse(stdout);
  test.diagnostic(
    `${told.runs} runs, ${told.tainted} marked (${Object.keys(told.taints).join(', ')}), at most ${Math.round(told.worstLatenessMs)} ms late`,
  );
  return told;
}

/** The user's limit instead of a control group's. */
async function noProcessesForUser(test: TestContext): Promise<void> {
  test.diagnostic(`by a limit of the user: ${noPids}`);
  // Whoever the user is, it may write here, and where browsers are it may not look.
  const folder = mkdtempSync(join(tmpdir(), 'vigie-nobody-'));
  chmodSync(folder, 0o777);
  try {
    const env = { TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: folder };
    saysNoProcesses(await starve('processes', test, { prefix: asLimitedUser(), env }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function saysNoProcesses(told: Told): void {
  blamesNobody(told);
  assert.equal(told.told.light, 'passed');
  assert.match(told.told.load ?? '', host('host-processes'));
  if (told.told.journey !== 'skipped') assert.match(told.told.journey ?? '', host('host-processes'));
}

/** A limit of the tool's own process: nothing of the system says that memory was short, so it is the tool that crashed. */
async function noMemoryForTool(test: TestContext): Promise<void> {
  test.diagnostic(`by a limit of the tool: ${noMemory}`);
  const told = await starve('memory', test);
  blamesNobody(told);
  assert.match(told.told.load ?? '', /^inconclusive (host-memory \(host\)|tool-crashed \(tool\)) /);
}

let target: TestServer;
const url = (): string => `http://127.0.0.1:${target.port}`;

/** Whatever the machine went through: nothing is said against a target that was well all the time. */
function blamesNobody({ verdicts, afterwards, runs }: Told): void {
  assert.ok(runs >= 10, `${runs} runs`);
  assert.deepEqual(
    Object.keys(verdicts).filter((verdict) => /^(failed|degraded)/.test(verdict)),
    [],
  );
  assert.equal(afterwards, 'passed');
}

describe('a machine that is taken away', () => {
  before(async () => {
    target = await serveHttp((request, response) => {
      const answer = (): void => {
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title><h1>Bonjour</h1>');
      };
      if (request.url === '/slowly') setTimeout(answer, ANSWER_MS);
      else answer();
    });
  });
  after(() => target[Symbol.asyncDispose]());

  it('6: nothing runs for ten seconds: what was under way is marked, nobody is blamed', async (test) => {
    const told = await starve('blocked-loop', test);
    blamesNobody(told);
    assert.ok((told.taints['event-loop-lag'] ?? 0) >= 10, JSON.stringify(told.taints));
  });

  it('13: no descriptors: the fault of this machine, and over when they are back', async (test) => {
    const told = await starve('descriptors', test, { prefix: ['sh', '-c', 'ulimit -n 300; exec "$@"', 'sh'] });
    blamesNobody(told);
    // One probe may find a descriptor that another has just given back.
    assert.match(told.told.light ?? '', /^(passed|inconclusive host-descriptors \(host\) )/);
    assert.match(told.told.load ?? '', /^inconclusive host-descriptors \(host\) /);
    if (hasBrowser) assert.match(told.told.journey ?? '', /^inconclusive host-descriptors \(host\) /);
  });

  it('14: no processes: heavy checks say so, light ones go on', async (test) => {
    if (noPids !== false) return noProcessesForUser(test);
    using group = makeGroup('pids');
    setLimit(group.folder, 'pids', 'max');
    saysNoProcesses(await starve('processes', test, { group: group.folder }));
  });

  it('15: no memory: the run dies, the monitor lives', async (test) => {
    if (noMemory !== false) return noMemoryForTool(test);
    using group = makeGroup('memory');
    setLimit(group.folder, 'memory', MEMORY_BYTES);
    const told = await starve('memory', test, { group: group.folder });
    blamesNobody(told);
    assert.match(told.told.load ?? '', /^inconclusive host-memory \(host\) /);
    if (hasBrowser)
      assert.match(told.told.journey ?? '', /^inconclusive (host-memory \(host\)|browser-crashed \(tool\)) /);
  });

  it('16: no CPU: runs are late or marked, nobody is blamed', async (test) => {
    blamesNobody(await starve('cpu', test));
  });
});
