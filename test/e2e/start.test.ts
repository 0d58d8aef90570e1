// suite: waits

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { openTarget } from './target.fixture.ts';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, refusalOf, startVigie, until, vigie } from './vigie-process.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'app', 'main.ts');

function configFor(url: string, settings: string): string {
  return `{
    target: { name: 'shop', url: '${url}', environment: 'test' },
    settings: ${settings},
    checks: [v.httpCheck('home', { every: '1s' })],
  }`;
}

describe('vigie start', () => {
  it('ends with 3 and frees the data folder when its port is taken', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    workspace.config(configFor(target.url, `{ web: { port: ${port} } }`));
    const refused = await vigie(workspace.folder, ['start', '--json']);
    assert.equal(refused.code, 3, refused.stderr);
    assert.equal(refusalOf(refused), 'port-unusable');
    assert.ok(refused.stdout.includes(`127.0.0.1:${port}`) && refused.stdout.includes('EADDRINUSE'), refused.stdout);
    taken.close();
    const recorded = await vigieHere(workspace.folder, ['run', 'home', '--json']);
    assert.equal(recorded.code, 0, recorded.stderr);
  });

  it('ends with 3 and names the secret when a token of its own is not set', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.config(
      configFor(
        target.url,
        `{ web: { port: 0 }, apiTokens: [{ name: 'ann', scopes: ['write'], token: v.secret('NOT_SET_ANYWHERE') }] }`,
      ),
    );
    const refused = await vigie(workspace.folder, ['start', '--json']);
    assert.equal(refused.code, 3, refused.stderr);
    assert.equal(refusalOf(refused), 'secret-missing');
    assert.ok(refused.stdout.includes('NOT_SET_ANYWHERE'), refused.stdout);
  });

  it('watches on although nobody reads what it says and its log cannot be written', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.write('logs', 'a file stands where the folder should be');
    workspace.config(configFor(target.url, '{ web: { port: 0 } }'));
    const child = spawn(process.execPath, [MAIN, 'start'], {
      cwd: workspace.folder,
      env: { ...process.env, NO_COLOR: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    child.stdout.destroy();
    child.stderr.destroy();
    await until('the target to be asked again and again', () => (target.asked.length > 4 ? true : undefined));
    target.status = 503;
    const before = target.asked.length;
    await until('more questions', () => (target.asked.length > before + 6 ? true : undefined));
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });

  it('stops in order when it is told to while it is still opening', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    workspace.config(configFor(target.url, '{ web: { port: 0 } }'));
    workspace.write(
      'signal.mjs',
      `process.on('newListener', function told(event) {
        if (event !== 'SIGTERM') return;
        process.off('newListener', told);
        setImmediate(() => process.kill(process.pid, 'SIGTERM'));
      });`,
    );
    const ended = await vigie(workspace.folder, ['start'], {
      NODE_OPTIONS: `--import=${pathToFileURL(join(workspace.folder, 'signal.mjs')).href}`,
    });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.ok(ended.stdout.endsWith('\nstopped\n'), ended.stdout);
  });

  it('closes the incident of a check that left the configuration while nothing ran, and tells who was told', async () => {
    await using target = await openTarget();
    using workspace = makeWorkspace();
    target.status = 503;
    const both = `[v.httpCheck('home', { every: '1s' }), v.httpCheck('other', { every: '1s' })]`;
    const config = (checks: string): string =>
      `{ target: { name: 'shop', url: '${target.url}', environment: 'test' }, settings: { web: { port: 0 } }, checks: ${checks} }`;
    workspace.config(config(both));
    await using first = await startVigie(workspace.folder);
    await first.said(/incident opened: other/);
    await first.said(/incident opened: home/);
    assert.equal(await first.kill('SIGTERM'), 0);
    workspace.config(config(`[v.httpCheck('home', { every: '1s' })]`));
    await using second = await startVigie(workspace.folder);
    const shown = await vigieHere(workspace.folder, ['incidents', '--json']);
    const { incidents } = z
      .object({ incidents: z.array(z.object({ check: z.string(), closed: z.object({ how: z.string() }).optional() })) })
      .parse(JSON.parse(shown.stdout));
    assert.deepEqual(
      incidents.filter(({ check }) => check === 'other').map(({ closed }) => closed?.how),
      ['removed'],
    );
    assert.equal(await second.kill('SIGTERM'), 0);
  });
});
