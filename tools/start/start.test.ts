import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, afterEach, beforeEach, describe, it } from 'node:test';

const LIMIT = { timeout: 180_000 };
const ANY_PORT = { VIGIE_WEB_PORT: '0', VIGIE_DEMO_FRONTEND_PORT: '0', VIGIE_DEMO_API_PORT: '0' };
/** Neither a browser nor k6 is started: how they end is tested elsewhere. */
const NO_TOOLS = { VIGIE_CHROMIUM: '/nowhere/chromium', VIGIE_K6: '/nowhere/k6', NO_COLOR: '1' };

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vigie-twice-'));
  folders.push(data);
});

/** A configuration of one check: what the whole one of this repository watches is seen in `test/e2e/npm-start.test.ts`. */
function withOneCheck(): readonly string[] {
  const file = join(data, 'one.config.ts');
  const entry = JSON.stringify(join(import.meta.dirname, '..', '..', 'app', 'index.ts'));
  const settings = JSON.stringify({ dataFolder: data, web: { port: 0 } });
  writeFileSync(
    file,
    `import { defineConfig, httpCheck } from ${entry};
export default defineConfig({ target: { name: 'shop', url: 'http://127.0.0.1:9', environment: 'test', origins: { api: 'http://127.0.0.1:9' } },
  settings: ${settings}, checks: [httpCheck('front', { every: '1m' })] });
`,
  );
  return ['--config', file];
}

type Env = Readonly<Record<string, string>>;

function launch(program: 'start' | 'fault', env: Env = {}, words: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, `${program}.ts`), ...words], {
    env: { ...process.env, ...NO_TOOLS, ...ANY_PORT, VIGIE_DATA_FOLDER: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(program: 'start' | 'fault', env: Env = {}, words: readonly string[] = []) {
  const child = launch(program, env, words);
  const ended = once(child, 'exit');
  const read = async (pipe: Readable | null): Promise<string> => (pipe === null ? '' : text(pipe));
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  const [code] = await ended;
  return { code, stdout, stderr };
}

/** Waits for the line that says where the page is: from then on everything runs. */
async function untilWatching(child: ChildProcess): Promise<void> {
  assert.ok(child.stdout);
  child.stderr?.resume();
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('page ')) continue;
    child.stdout.resume();
    return;
  }
  assert.fail(`npm start ended with ${child.exitCode}`);
}

describe('npm start, while another one runs with the same data', () => {
  it('is refused with its process, and leaves it `npm run fault`', LIMIT, async () => {
    const first = launch('start', {}, withOneCheck());
    const ended = once(first, 'exit');
    try {
      await untilWatching(first);
      const before = readFileSync(join(data, 'demo.json'), 'utf8');

      const second = await run('start');

      assert.equal(second.code, 3, second.stderr);
      assert.ok(second.stderr.includes(`process ${first.pid}`) && second.stderr.includes('VIGIE_DATA_FOLDER'));
      assert.equal(readFileSync(join(data, 'demo.json'), 'utf8'), before);
      const fault = await run('fault', {}, ['emptyBody=true']);
      assert.equal(fault.code, 0, fault.stderr);
      assert.match(fault.stdout, /emptyBody/);
      assert.equal((await run('fault', {}, ['noSuchFault=true'])).code, 3);
    } finally {
      first.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    }
    assert.equal(existsSync(join(data, 'demo.json')), false);
    const fault = await run('fault');
    assert.deepEqual([fault.code, fault.stdout], [3, '']);
  });

  it('takes the place of one that was killed, and `npm run fault` says that nothing answers', LIMIT, async () => {
    const dead = spawn(process.execPath, ['-e', '0']);
    await once(dead, 'exit');
    const owner = `${dead.pid}_1_elsewhere`;
    const left = { owner, frontend: 'http://127.0.0.1:9', api: 'http://127.0.0.1:9', adminToken: 'x'.repeat(32) };
    writeFileSync(join(data, 'demo.json'), JSON.stringify(left));
    const fault = await run('fault');
    assert.deepEqual([fault.code, fault.stdout, fault.stderr.split('\n').length], [3, '', 2], fault.stderr);

    const next = launch('start', {}, withOneCheck());
    const ended = once(next, 'exit');
    await untilWatching(next);
    assert.ok(readFileSync(join(data, 'demo.json'), 'utf8').includes(`"owner":"${next.pid}_`));
    next.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });
});

describe('a port that npm start needs', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterEach(() => server.close());

  for (const variable of Object.keys(ANY_PORT)) {
    it(`is told with who holds it and ${variable} when it is busy, before anything is started`, LIMIT, async () => {
      const { code, stdout, stderr } = await run('start', { [variable]: String(port) });
      assert.equal(code, 3, stderr);
      assert.equal(stdout, '');
      assert.ok(stderr.includes(`port ${port} `) && stderr.includes(`${variable}=<port>`), stderr);
      if (process.platform === 'linux') assert.ok(stderr.includes(`process ${process.pid}: `), stderr);
      assert.doesNotMatch(stderr, /Assistant Auto: website/);
      assert.equal(existsSync(join(data, 'demo.json')), false);
    });
  }

  it('is told with all others that are busy, at once', async () => {
    const busy = { VIGIE_DEMO_FRONTEND_PORT: String(port), VIGIE_WEB_PORT: String(port) };
    const twice = await run('start', busy);
    assert.equal(twice.code, 3);
    assert.match(twice.stderr, /asked for twice.*VIGIE_WEB_PORT.*VIGIE_DEMO_FRONTEND_PORT/);
  });

  it('is left to the configuration when that is not ours', async () => {
    const { code, stderr } = await run('start', { VIGIE_WEB_PORT: String(port) }, ['--config', 'none.config.ts']);
    assert.equal(code, 3);
    assert.doesNotMatch(stderr, /VIGIE_WEB_PORT/);
  });

  it('must be a port', async () => {
    for (const value of ['http', '-1', '65536', '3000.5', ' 3000']) {
      const { code, stderr } = await run('start', { VIGIE_DEMO_API_PORT: value });
      assert.deepEqual([code, stderr.includes(`VIGIE_DEMO_API_PORT is '${value}'`)], [3, true], stderr);
    }
  });
});
