// suite: waits

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { assertNames } from '../../core/testing/assert-names.ts';
import { openReceivers, type Receivers } from './receivers.ts';
import { vigieHere } from './vigie-here.ts';
import { type Ended, makeWorkspace, refusalOf, startVigie, until, vigie, type Workspace } from './vigie-process.ts';

const document = z.object({
  exitCode: z.number(),
  runs: z.array(
    z.object({
      check: z.string(),
      trigger: z.string(),
      slot: z.object({ dueAt: z.number() }),
      verdict: z.object({ status: z.string() }),
    }),
  ),
});
const report = z.object({
  checks: z.array(z.object({ uptime: z.object({ counts: z.object({ good: z.number(), unknown: z.number() }) }) })),
});

const EVERY_MS = 1_000;

describe('an outer clock', () => {
  const target = { status: 200 };
  const server = createServer((_request, response) => response.writeHead(target.status).end('hello'));
  let workspace: Workspace;
  let receivers: Receivers;
  let env: Record<string, string>;

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    receivers = await openReceivers();
    workspace = makeWorkspace();
    env = { HOOK_URL: receivers.webhookUrl };
    workspace.config(`{
      target: { name: 'shop', url: 'http://127.0.0.1:${(server.address() as AddressInfo).port}', environment: 'test' },
      channels: [v.webhook('hook', { url: v.secret('HOOK_URL') })],
      settings: { web: { port: 0 } },
      checks: [v.httpCheck('home', { every: '${EVERY_MS}ms', incident: { recoveries: 1 } }), v.httpCheck('rare', { every: '31d' })],
    }`);
  });
  after(async () => {
    workspace[Symbol.dispose]();
    await receivers[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  const call = (...args: string[]): Promise<Ended> => vigieHere(workspace.folder, ['run', '--due', ...args], env);
  /** Calls as a cron would until something was due. */
  const callUntilDue = () =>
    until('a slot to fall due', async () => {
      const ended = await call('--json');
      const { runs } = document.parse(JSON.parse(ended.stdout));
      return runs.length === 0 ? undefined : { code: ended.code, runs };
    });
  const changes = (): readonly unknown[] => receivers.posts.map(({ body }) => body.change);

  it('runs what fell due as a slot, and says so when that is nothing', async () => {
    const first = await call('rare', '--json');
    assert.equal(first.code, 0, first.stderr + first.stdout);
    assert.deepEqual(document.parse(JSON.parse(first.stdout)).runs, []);
    assert.notEqual(first.stderr, '', 'it says so');
    const { code, runs } = await callUntilDue();
    assert.equal(code, 0);
    assert.deepEqual(
      runs.map(({ check, trigger, verdict }) => `${check} ${trigger} ${verdict.status}`),
      ['home slot passed'],
    );
  });

  it('opens an incident, delivers it before it ends, does not open it twice, and tells the recovery', async () => {
    target.status = 503;
    assert.equal((await callUntilDue()).code, 1);
    assert.deepEqual(changes(), ['opened']);
    assert.equal((await callUntilDue()).code, 1);
    assert.deepEqual(changes(), ['opened']);
    target.status = 200;
    assert.equal((await callUntilDue()).code, 0);
    assert.deepEqual(changes(), ['opened', 'recovered']);
  });

  it('leaves slots between two calls as a gap, never as up', async () => {
    const counts = await until('a missed slot', async () => {
      await callUntilDue();
      // Nobody calls while slots pass: it is real time that makes a gap.
      await delay(3 * EVERY_MS);
      await callUntilDue();
      const { stdout } = await vigieHere(workspace.folder, ['report', 'home', '--json'], env);
      const [home] = report.parse(JSON.parse(stdout)).checks;
      return home !== undefined && home.uptime.counts.unknown > 0 ? home.uptime.counts : undefined;
    });
    assert.ok(counts.good > 0);
  });

  it('does not share its slots with a living daemon, and needs the record', async () => {
    await using daemon = await startVigie(workspace.folder, env);
    // As a cron does it, by a process of its own.
    const beside = await vigie(workspace.folder, ['run', '--due', '--json'], env);
    assert.equal(beside.code, 3, beside.stdout);
    assert.equal(refusalOf(beside), 'data-folder-locked');
    assertNames(beside.stdout, [`process ${daemon.pid} `]);
    assert.equal(await daemon.kill('SIGTERM'), 0);
    const blind = await call('--no-record', '--json');
    assert.equal(blind.code, 3);
    assert.equal(refusalOf(blind), 'config-invalid');
    assertNames(blind.stdout, ['"path": "--due"']);
  });
});
