// suite: waits

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { locateChromium } from '../../process/locate-tools.ts';
import type { TestServer } from '../../synthetic/net/testing/servers.ts';
import { asLimitedUser, makeGroup, setLimit, whyNoGroup } from './limits.ts';
import { blamesNobody, serveWell, starve, type Told } from './starve.ts';

const MEMORY_BYTES = 700_000_000;
const hasBrowser = (await locateChromium()).found;

/** Control groups do it better; where none can be made (or VIGIE_TEST_NO_GROUPS says so), limits of processes must do. */
const isGrouped = process.env.VIGIE_TEST_NO_GROUPS === undefined;
const noPids = isGrouped ? whyNoGroup('pids') : 'not wanted';
const noMemory = isGrouped ? whyNoGroup('memory') : 'not wanted';
const host = (code: string): RegExp => new RegExp(`^inconclusive ${code} \\(host\\) `);

/** The user's limit instead of a control group's. */
async function noProcessesForUser(test: TestContext): Promise<void> {
  test.diagnostic(`by a limit of the user: ${noPids}`);
  // Whoever the user is, it may write here, and where browsers are it may not look.
  const folder = mkdtempSync(join(tmpdir(), 'vigie-nobody-'));
  chmodSync(folder, 0o777);
  try {
    const env = { TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: folder };
    saysNoProcesses(await starve('processes', { target, test, prefix: asLimitedUser(), env }));
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
  const told = await starve('memory', { target, test });
  blamesNobody(told);
  assert.match(told.told.load ?? '', /^inconclusive (host-memory \(host\)|tool-crashed \(tool\)) /);
}

let target: TestServer;

// Each monitor in a process of its own, and most of it waiting.
describe('a machine that is taken away', { concurrency: 4 }, () => {
  before(async () => {
    target = await serveWell();
  });
  after(() => target[Symbol.asyncDispose]());

  it('6: nothing runs for ten seconds: what was under way is marked, nobody is blamed', async (test) => {
    const told = await starve('blocked-loop', { target, test });
    blamesNobody(told);
    assert.ok((told.taints['event-loop-lag'] ?? 0) >= 10, JSON.stringify(told.taints));
  });

  it('13: no descriptors: the fault of this machine, and over when they are back', async (test) => {
    const told = await starve('descriptors', { target, test, prefix: ['sh', '-c', 'ulimit -n 300; exec "$@"', 'sh'] });
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
    saysNoProcesses(await starve('processes', { target, test, group: group.folder }));
  });

  it('15: no memory: the run dies, the monitor lives', async (test) => {
    if (noMemory !== false) return noMemoryForTool(test);
    using group = makeGroup('memory');
    setLimit(group.folder, 'memory', MEMORY_BYTES);
    const told = await starve('memory', { target, test, group: group.folder });
    blamesNobody(told);
    assert.match(told.told.load ?? '', /^inconclusive host-memory \(host\) /);
    if (hasBrowser)
      assert.match(told.told.journey ?? '', /^inconclusive (host-memory \(host\)|browser-crashed \(tool\)) /);
  });
});
