// suite: waits

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { assertNames } from '../../core/testing/assert-names.ts';
import { openReceivers } from './receivers.ts';
import { openTarget } from './target.fixture.ts';
import { vigieHere } from './vigie-here.ts';
import { type Daemon, makeWorkspace, startVigie, until } from './vigie-process.ts';

const checks = z.object({
  checks: z.array(z.object({ id: z.string(), latest: z.object({ status: z.string() }).optional() })),
});
const incidents = z.object({
  incidents: z.array(z.object({ check: z.string(), closed: z.object({ how: z.string() }).optional() })),
});
const invalid = z.object({
  code: z.literal('config-invalid'),
  problems: z.array(z.object({ path: z.string(), message: z.string(), hint: z.string().optional() })),
});
const BAD = `{ target: { name: 'shop', url: 'http://127.0.0.1:1' }, checks: [v.httpCheck('home', { evry: '1s' }), v.httpCheck('home', { every: '0s' })] }`;

describe('a changed configuration', () => {
  it('is put in force by SIGHUP or on sight, whole or not at all', async () => {
    await using target = await openTarget();
    await using receivers = await openReceivers();
    using workspace = makeWorkspace();
    const configure = (list: string, settings = ''): void =>
      workspace.config(`{
        target: { name: 'shop', url: '${target.url}', environment: 'test' },
        defaults: { confirm: false },
        channels: [v.webhook('hook', { url: '${receivers.webhookUrl}' })],
        settings: { web: { port: 0 } ${settings} },
        checks: [${list}],
      }`);
    const home = `v.httpCheck('home', { every: '1s' })`;
    configure(`${home}, v.httpCheck('broken', { every: '1s', url: '/bad' })`);
    await using daemon = await startVigie(workspace.folder);
    const metrics = async (): Promise<string> => (await fetch(`${daemon.url}/metrics`)).text();
    const statuses = async (): Promise<Readonly<Record<string, string | undefined>>> => {
      const { checks: all } = checks.parse(await (await fetch(`${daemon.url}/api/v1/checks`)).json());
      return Object.fromEntries(all.map(({ id, latest }) => [id, latest?.status]));
    };
    await told(daemon, 'the incident', () => receivers.posts.some(({ body }) => body.change === 'opened'));

    await told(daemon, 'home to pass', async () => (await statuses()).home === 'passed');

    // Removed with its incident open, changed, added.
    configure(
      `v.httpCheck('home', { every: '1s', severity: 'P1' }), v.httpCheck('new', { every: '1h', url: '/new' })`,
      `, location: 'elsewhere'`,
    );
    reload(daemon);
    await daemon.said(/reloaded: 2 checks/);
    await told(daemon, 'the end of the incident', () => receivers.posts.some(({ body }) => body.change === 'removed'));
    const { incidents: all } = incidents.parse(await (await fetch(`${daemon.url}/api/v1/incidents`)).json());
    assert.deepEqual(
      all.map(({ check, closed }) => [check, closed?.how]),
      [['broken', 'removed']],
    );
    await told(daemon, 'a first look at the new check', async () => (await statuses()).new === 'passed');
    assert.deepEqual(Object.keys(await statuses()), ['home', 'new']);
    const after = await metrics();
    assert.doesNotMatch(after, /check="broken"/);
    assert.match(
      after,
      /^vigie_check_state\{check="home",kind="http",location="local",environment="test",severity="P1",state="passed"} 1$/m,
    );
    assert.match(after, /^vigie_config_last_reload_successful 1$/m);

    // Refused whole: every problem is told, what was in force stays.
    workspace.config(BAD);
    reload(daemon);
    await daemon.said(/not reloaded, the last good configuration stays in force/);
    assertNames(daemon.output(), ["'evry'", "'every'", "'0s'", "'home'"]);
    const refused = await vigieHere(workspace.folder, ['validate', '--json']);
    assert.equal(refused.code, 3);
    const { problems } = invalid.parse(JSON.parse(refused.stdout));
    assert.ok(problems.length >= 3, refused.stdout);
    for (const { path, message, hint = '' } of problems) assertNames(daemon.output(), [path, message, hint]);
    const says = (value: number): Promise<unknown> =>
      told(daemon, `the metric to be ${value}`, async () =>
        (await metrics()).includes(`\nvigie_config_last_reload_successful ${value}\n`),
      );
    await says(0);
    const asked = target.asked.length;
    await told(daemon, 'further runs', () => target.asked.length > asked + 1);
    assert.deepEqual(Object.keys(await statuses()), ['home', 'new']);

    workspace.write('vigie.config.ts', 'export default {');
    reload(daemon);
    await daemon.said(/not reloaded[\s\S]*not reloaded/);
    configure(home);
    reload(daemon);
    await daemon.said(/reloaded: 1 check/);
    await says(1);
    assert.equal(await daemon.kill('SIGTERM'), 0);
  });

  it('is noticed by --watch, in files that it imports too, and not in data or logs', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.write('checks.ts', `export const every = '1s';`);
    const configure = (more: string): void =>
      workspace.config(
        `{ target: { name: 'shop', url: '${target.url}' }, settings: { web: { port: 0 } }, checks: [v.httpCheck('home', { every: '1s' }), ${more}] }`,
      );
    configure('');
    await using daemon = await startVigie(workspace.folder, {}, ['--watch']);
    configure(`v.httpCheck('added', { every: '1s', url: '/added' })`);
    await daemon.said(/reloaded: 2 checks/);
    await told(daemon, 'a run of the added check', () => target.asked.includes('/added'));
    workspace.config(BAD);
    await daemon.said(/not reloaded/);
    workspace.write('logs/made-by-us.ts', 'broken {');
    workspace.write('checks.ts', 'export const every = 1;');
    await daemon.said(/(not reloaded[\s\S]*){2}/);
    assert.equal(daemon.output().match(/reloaded/g)?.length, 3, daemon.output());
  });
});

/** As an operator does it. */
function reload({ pid }: Daemon): void {
  process.kill(pid, 'SIGHUP');
}

function told(daemon: Daemon, what: string, is: () => boolean | Promise<boolean>): Promise<unknown> {
  return until(what, async () => ((await is()) ? true : undefined), daemon.output);
}
