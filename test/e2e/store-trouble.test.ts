// suite: waits

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { openReceivers } from './receivers.ts';
import { openTarget } from './target.fixture.ts';
import { makeWorkspace, startVigie, until } from './vigie-process.ts';

const holder = z.object({ pid: z.number() });
const incidents = z.object({ incidents: z.array(z.object({ id: z.string(), closed: z.unknown().optional() })) });
const isMissing = spawnSync('prlimit', ['--version']).error !== undefined;

/** A write beyond the limit is then refused with EFBIG, as a full disk refuses with ENOSPC, instead of ending the process. */
const SURVIVE = `--import "data:text/javascript,process.on('SIGXFSZ',()=>{})"`;

async function stage() {
  const target = await openTarget();
  const receivers = await openReceivers();
  const workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: '${target.url}', environment: 'test' },
    channels: [v.webhook('hook', { url: v.secret('HOOK_URL') })],
    settings: { web: { port: 0 } },
    checks: [v.httpCheck('home', { every: '1s', incident: { recoveries: 1 } })],
  }`);
  const daemon = await startVigie(workspace.folder, { HOOK_URL: receivers.webhookUrl, NODE_OPTIONS: SURVIVE });
  const { pid } = holder.parse(JSON.parse(readFileSync(join(workspace.folder, 'data/vigie.lock.json'), 'utf8')));
  const limit = (bytes: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]);
  const posts = (change: string, kind = 'http') =>
    receivers.posts.filter(
      ({ body: { change: made, check } }) =>
        made === change && z.object({ kind: z.string() }).parse(check).kind === kind,
    );
  const arrives = (change: string, kind?: string) =>
    until(`'${change}' of ${kind ?? 'the target'}`, () => posts(change, kind).at(-1), daemon.output);
  return {
    target,
    workspace,
    daemon,
    receivers,
    posts,
    arrives,
    fillDisk: () => limit('0:unlimited'),
    freeDisk: () => limit('unlimited'),
    /** Readiness begins some moments after the start, and ends with the first record that is refused. */
    becomesReady: (ready: boolean) =>
      until(
        ready ? 'readiness' : 'the store to refuse',
        async () => ((await fetch(`${daemon.url}/readyz`)).status === 200) === ready || undefined,
        daemon.output,
      ),
    openIncidents: async () => {
      const answer = await fetch(`${daemon.url}/api/v1/incidents`);
      const known = answer.ok ? incidents.parse(await answer.json()).incidents : [];
      return known.filter(({ closed }) => closed === undefined).map(({ id }) => id);
    },
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await receivers[Symbol.asyncDispose]();
      workspace[Symbol.dispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

describe('a store in trouble', { skip: isMissing && 'needs prlimit (util-linux) to make a disk that is full' }, () => {
  it('full: alarms go on from memory, one tells of the disk, and all is recorded when there is room again', async () => {
    await using world = await stage();
    const { target, posts, arrives, daemon } = world;
    await world.becomesReady(true);
    world.fillDisk();
    target.status = 503;
    await arrives('opened', 'self');
    const opened = await arrives('opened');
    await world.becomesReady(false);
    world.freeDisk();
    await arrives('recovered', 'self');
    const open = await until('the incident in the store', async () => {
      const ids = await world.openIncidents();
      return ids.length > 0 ? ids : undefined;
    });
    assert.deepEqual(open, [opened.body.incident]);
    target.status = 200;
    const recovered = await arrives('recovered');
    assert.equal(recovered.body.incident, opened.body.incident);
    const counts = ['opened', 'recovered'].flatMap((change) => [posts(change).length, posts(change, 'self').length]);
    assert.deepEqual(counts, [1, 1, 1, 1]);
    assert.equal(await daemon.kill('SIGTERM'), 0, daemon.output());
  });

  it('damaged: moved aside, told loudly, and the same outage opens no second incident', async () => {
    await using world = await stage();
    const { target, posts, arrives, daemon, workspace } = world;
    target.status = 503;
    const opened = await arrives('opened');
    await world.becomesReady(true);
    world.fillDisk();
    await world.becomesReady(false);
    const data = join(workspace.folder, 'data');
    writeFileSync(join(data, 'vigie.db'), 'this is no database any more\n'.repeat(1_000));
    rmSync(join(data, 'vigie.db-wal'), { force: true });
    world.freeDisk();
    const told = await until(
      'the loud alarm',
      () => posts('opened', 'self').find(({ body }) => /damaged and moved aside to/.test(String(body.summary))),
      daemon.output,
    );
    assert.ok(
      readdirSync(data).some((name) => /^vigie\.db\.damaged-/.test(name)),
      String(told.body.summary),
    );
    const open = await until('the incident in the fresh store', async () => {
      const ids = await world.openIncidents();
      return ids.length > 0 ? ids : undefined;
    });
    assert.deepEqual(open, [opened.body.incident]);
    target.status = 200;
    assert.equal((await arrives('recovered')).body.incident, opened.body.incident);
    assert.equal(posts('opened').length, 1);
    assert.equal(await daemon.kill('SIGTERM'), 0, daemon.output());
  });
});
