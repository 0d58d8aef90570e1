// suite: waits

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { startDemo } from '../../demo/start.ts';
import { openReader } from '../../results/open-reader.ts';
import { openReceivers } from './receivers.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, refusalOf, startVigie, until, vigie } from './vigie-process.ts';

const checks = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      latest: z.object({ status: z.string() }).optional(),
      uptime24h: z.object({
        expected: z.number(),
        counts: z.object({ good: z.number(), bad: z.number(), unknown: z.number(), excluded: z.number() }),
      }),
    }),
  ),
});
const incidents = z.object({
  incidents: z.array(z.object({ id: z.string(), check: z.string(), closed: z.object({ how: z.string() }).optional() })),
});

async function read<T>(url: string, shape: z.ZodType<T>): Promise<T> {
  return shape.parse(await (await fetch(url)).json());
}

/** Whether the store knows of every notice that its channel accepted it. */
function areDelivered(folder: string): boolean {
  const reader = openReader({ folder: join(folder, 'data') });
  const notices = reader.incidents({ limit: 100 }).flatMap(({ id }) => reader.notices(id));
  const accepted = notices.filter(({ id }) =>
    reader.deliveries(id).some(({ outcome }) => outcome.status === 'accepted'),
  );
  reader.close();
  return notices.length > 0 && accepted.length === notices.length;
}

describe('the main job', () => {
  it('sees a broken target within one interval, tells both channels once, survives kill -9 with an honest gap, and tells the recovery', {
    timeout: 300_000,
  }, async () => {
    await using demo = await startDemo();
    await using receivers = await openReceivers();
    using workspace = makeWorkspace();
    workspace.config(`{
      target: { name: 'shop', url: '${demo.frontendUrl}', environment: 'test', origins: { api: '${demo.apiUrl}' } },
      channels: [v.webhook('hook', { url: v.secret('HOOK_URL') }), v.email('mail', { host: '127.0.0.1', port: ${receivers.smtpPort}, from: 'vigie@example.org', to: ['ops@example.org'] })],
      settings: { web: { port: 0 } },
      checks: [
        v.httpCheck('home', { every: '1s', severity: 'P1', expect: { body: { contains: 'Assistant Auto' } } }),
        v.httpCheck('health', { every: '1s', origin: 'api', url: '/api/health', budgets: { total: { fail: '<= 20s' } } }),
      ],
    }`);
    const env = { HOOK_URL: receivers.webhookUrl };
    await using first = await startVigie(workspace.folder, env);
    await until(
      'both checks to pass',
      async () => {
        const { checks: all } = await read(`${first.url}/api/v1/checks`, checks);
        return all.every((check) => check.latest?.status === 'passed') ? true : undefined;
      },
      first.output,
    );

    demo.faults.set({ emptyBody: true });
    await until(
      'the mail and the post',
      () => (receivers.mails.length > 0 && receivers.posts.length > 0 ? true : undefined),
      first.output,
    );
    const broken = receivers.posts.filter(({ body }) => body.change === 'opened');
    assert.ok(broken.length >= 1);
    assert.match(receivers.mails[0]?.subject ?? '', /^\[P[13]\] FAILING/);

    // What was delivered but is not written down yet would rightly be delivered again.
    await until('the deliveries to be recorded', () => areDelivered(workspace.folder) || undefined, first.output);
    // Killed with the incident open: a restart must neither forget it nor open it again.
    await first.kill('SIGKILL');
    const mailsBefore = receivers.mails.length;
    await using second = await startVigie(workspace.folder, env);
    await until(
      'a run after the restart',
      async () => {
        const { checks: all } = await read(`${second.url}/api/v1/checks`, checks);
        return all.some(({ id, uptime24h: { counts } }) => id === 'home' && counts.bad > 0 && counts.unknown > 0)
          ? true
          : undefined;
      },
      second.output,
    );
    const { incidents: open } = await read(`${second.url}/api/v1/incidents`, incidents);
    assert.equal(
      open.filter((incident) => incident.closed === undefined).length,
      new Set(open.map(({ check }) => check)).size,
      'one open incident per failing check',
    );
    assert.equal(receivers.mails.length, mailsBefore, 'no second alarm for the same outage');

    demo.faults.set({ emptyBody: false });
    await until(
      'the recoveries',
      () =>
        receivers.posts.filter(({ body }) => body.change === 'recovered').length === broken.length ? true : undefined,
      second.output,
    );
    const keys = receivers.posts.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'every notice was delivered once');
    await until('the recovery mails', () =>
      receivers.mails.some(({ subject }) => /RECOVERED/.test(subject)) ? true : undefined,
    );

    const busy = await vigie(workspace.folder, ['start', '--json'], env);
    assert.equal(busy.code, 3);
    assert.equal(refusalOf(busy), 'data-folder-locked');
    const beside = await vigieHere(workspace.folder, ['run', 'home'], env);
    assert.equal(beside.code, 0, beside.stdout + beside.stderr);

    assert.equal(await second.kill('SIGTERM'), 0, second.output());
    const status = await vigieHere(workspace.folder, ['status', '--json'], env);
    assert.equal(status.code, 0, status.stderr);
    assert.equal(z.object({ checks: z.array(z.unknown()) }).parse(JSON.parse(status.stdout)).checks.length, 2);
  });
});
