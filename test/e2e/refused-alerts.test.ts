// suite: waits

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { z } from 'zod';
import { openTarget } from './target.fixture.ts';
import { makeWorkspace, startVigie, until } from './vigie-process.ts';

const post = z.object({ change: z.string(), check: z.object({ id: z.string() }), summary: z.string() });
const incidents = z.object({
  incidents: z.array(
    z.object({
      check: z.string(),
      causes: z.array(z.object({ text: z.string() })),
      closed: z.object({ how: z.string() }).optional(),
    }),
  ),
});

/** Receivers by path: what each got, as `change check`, and what it answers. */
async function openHooks(statusOf: (path: string, call: number) => number) {
  const got = new Map<string, string[]>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { change, check } = post.parse(JSON.parse(text));
      const path = (request.url ?? '').slice(1);
      const all = [...(got.get(path) ?? []), `${change} ${check.id}`];
      got.set(path, all);
      response.writeHead(statusOf(path, all.length)).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    of: (path: string): readonly string[] => got.get(path) ?? [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

it('an alert that a receiver refuses once arrives, one that is refused always is told elsewhere, and nobody hears the end of what he never heard of', {
  timeout: 180_000,
}, async () => {
  await using target = await openTarget();
  await using hooks = await openHooks((path, call) => {
    if (path === 'gone') return 410;
    if (path === 'never') return 404;
    return path === 'deploy' && call === 1 ? 404 : 200;
  });
  using workspace = makeWorkspace();
  const hook = (id: string): string => `v.webhook('${id}', { url: '${hooks.url}/${id}' })`;
  workspace.config(`{
    target: { name: 'shop', url: '${target.url}', environment: 'test' },
    channels: [${['deploy', 'never', 'gone', 'duty'].map(hook).join(', ')}],
    settings: { web: { port: 0 }, faultChannels: ['duty'] },
    checks: [v.httpCheck('home', { every: '1s', channels: ['deploy', 'never', 'gone'] })],
  }`);
  await using daemon = await startVigie(workspace.folder);
  target.status = 503;
  await until('the duty to hear of all three', () => hooks.of('duty').length >= 3 || undefined, daemon.output);
  assert.deepEqual([...hooks.of('duty')].sort(), [
    'opened vigie.channel.deploy',
    'opened vigie.channel.gone',
    'opened vigie.channel.never',
  ]);
  await until('the second attempt', () => hooks.of('deploy').length >= 2 || undefined, daemon.output);
  await until('the end of that trouble', () => hooks.of('duty').length >= 4 || undefined, daemon.output);
  assert.equal(hooks.of('duty')[3], 'recovered vigie.channel.deploy');

  const read = async () => incidents.parse(await (await fetch(`${daemon.url}/api/v1/incidents`)).json()).incidents;
  const home = (await read()).find(({ check }) => check === 'home');
  assert.deepEqual([home?.closed, home?.causes.length], [undefined, 1]);
  target.status = 200;
  await until('the recovery', () => hooks.of('deploy').length >= 3 || undefined, daemon.output);
  assert.deepEqual(hooks.of('deploy'), ['opened home', 'opened home', 'recovered home']);
  assert.deepEqual(hooks.of('gone'), ['opened home']);
  assert.deepEqual(
    hooks.of('never').filter((line) => line !== 'opened home'),
    [],
  );
  assert.deepEqual((await read()).map(({ check, closed }) => `${check} ${closed?.how ?? 'open'}`).sort(), [
    'home recovered',
    'vigie.channel.deploy recovered',
    'vigie.channel.gone open',
    'vigie.channel.never open',
  ]);
});
