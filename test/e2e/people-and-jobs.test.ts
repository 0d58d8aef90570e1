// suite: waits

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { openTarget } from './target.fixture.ts';
import { type Daemon, makeWorkspace, startVigie, until } from './vigie-process.ts';

const TOKENS = { API: 'the-api-token-of-a-person', PING: 'the-token-of-a-backup-job' };
const BEARER = { authorization: `Bearer ${TOKENS.API}` };
const check = z.object({
  id: z.string(),
  state: z.object({ name: z.string(), reason: z.string().optional(), until: z.number().optional() }),
  latest: z.object({ status: z.string(), startedAt: z.number(), reason: z.string().optional() }).optional(),
  uptime24h: z.object({ expected: z.number(), counts: z.object({ excluded: z.number() }) }),
});

describe('what people and jobs ask of a running vigie', () => {
  it('pauses and resumes durably, paused slots being expected of nobody, and hears pings', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: '${target.url}', environment: 'test' },
      settings: { web: { port: 0 }, apiTokens: [{ name: 'ann', scopes: ['write'], token: v.secret('API') }] },
      checks: [
        v.httpCheck('home', { every: '1s' }),
        v.heartbeatCheck('backup', { every: '1s', token: v.secret('PING'), period: '5s', grace: '1s', confirm: false }),
        v.heartbeatCheck('forgotten', { every: '1h', token: v.secret('NOT_SET'), period: '1d' }),
      ],
    }`);
    const look = async ({ url }: Daemon, id: string) =>
      check.parse(await (await fetch(`${url}/api/v1/checks/${id}`)).json());
    const ask = (daemon: Daemon, path: string, body?: object, headers: Record<string, string> = BEARER) =>
      fetch(`${daemon.url}${path}`, {
        method: 'POST',
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const becomes = (daemon: Daemon, id: string, what: string, is: (seen: z.infer<typeof check>) => boolean) =>
      until(
        `${id} to be ${what}`,
        async () => {
          const seen = await look(daemon, id);
          return is(seen) ? seen : undefined;
        },
        daemon.output,
      );

    await using first = await startVigie(workspace.folder, TOKENS);
    await becomes(first, 'home', 'passed', ({ latest }) => latest?.status === 'passed');

    const rows = [
      ['/ping/the-token-of-nobody', 404],
      ['/ping/NOT_SET', 404],
      ['/api/v1/checks/gone/pause', 404],
      [`/ping/${TOKENS.PING}`, 200],
    ] as const;
    for (const [path, status] of rows) assert.equal((await ask(first, path)).status, status, path);
    assert.equal((await ask(first, '/api/v1/checks/home/pause', {}, {})).status, 401);
    await becomes(first, 'backup', 'passed after its ping', ({ latest }) => latest?.status === 'passed');

    assert.equal((await ask(first, '/api/v1/checks/home/pause', { for: '2h', by: 'ann' })).status, 200);
    await becomes(
      first,
      'home',
      'paused with excluded slots',
      ({ state, uptime24h }) => state.name === 'paused' && uptime24h.counts.excluded > 1,
    );
    assert.match(
      await (await fetch(`${first.url}/checks/home`)).text(),
      /paused<\/span> <bdi>by ann since .* until .*<\/bdi>/,
    );
    const metrics = await (await fetch(`${first.url}/metrics`)).text();
    assert.match(metrics, /^vigie_check_state\{check="home",.*state="paused"\} 1$/m);
    assert.match(metrics, /^vigie_check_state\{check="home",.*state="passed"\} 0$/m);
    assert.doesNotMatch(
      metrics,
      /^probe_success\{.*check="home"/m,
      'what was measured before is not published as the present',
    );
    await becomes(first, 'backup', 'failed in silence', ({ latest }) => latest?.status === 'failed');
    assert.equal(await first.kill('SIGTERM'), 0, first.output());

    await using second = await startVigie(workspace.folder, TOKENS);
    const restarted = await look(second, 'home');
    assert.equal(restarted.state.name, 'paused', 'a pause outlives the process');
    assert.doesNotMatch(await (await fetch(`${second.url}/metrics`)).text(), /^probe_success\{.*check="home"/m);
    await becomes(
      second,
      'home',
      'excluded further on',
      ({ uptime24h }) => uptime24h.counts.excluded > restarted.uptime24h.counts.excluded + 1,
    );
    assert.equal((await look(second, 'home')).latest?.startedAt, restarted.latest?.startedAt, 'it was not run');
    assert.equal((await fetch(`${second.url}/ping/${TOKENS.PING}`)).status, 200, 'by GET, too');
    await becomes(second, 'backup', 'passed again', ({ latest }) => latest?.status === 'passed');
    assert.equal((await ask(second, '/api/v1/checks/home/resume')).status, 200);
    await becomes(
      second,
      'home',
      'run again',
      ({ state, latest }) => state.name === 'passed' && (latest?.startedAt ?? 0) > (restarted.latest?.startedAt ?? 0),
    );
    for (const daemon of [first, second]) assert.doesNotMatch(daemon.output(), /the-token-of-a-backup|the-api-token/);
  });
});
