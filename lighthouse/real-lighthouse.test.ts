import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { fault } from '../core/fault.ts';
import { judge } from '../core/judge.ts';
import { locateChromium } from '../process/locate-tools.ts';
import { groupOf, listPids, livingMembers } from '../process/proc.ts';
import { openTempRoot } from '../process/temp-root.ts';
import { auditKind } from './kind.ts';
import { type ContextOptions, contextFor, newFolder, tool } from './testing/context.ts';

const require = createRequire(import.meta.url);
const LHCI = join(dirname(require.resolve('@lhci/cli/package.json')), 'src', 'cli.js');
const CHROMIUM = await locateChromium();
const skip = CHROMIUM.found ? false : `no Chromium (${CHROMIUM.looked.join('; ')}); to mend it: ${CHROMIUM.mend}`;

const PAGE =
  '<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>A page</title></head>' +
  '<body><h1>A page</h1><p>With some text.</p><script>performance.measure("boot")</script></body></html>';
const cookies: string[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.cookie !== undefined) cookies.push(request.headers.cookie);
  if (request.url === '/moved') response.writeHead(302, { location: '/login' }).end();
  else response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
}

const server = createServer(answer);
let folder = '';
before(async () => {
  folder = await newFolder();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function context(more: Partial<ContextOptions> = {}): ReturnType<typeof contextFor> {
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  // The version of the browser is not the matter of these tests.
  const tools = { lhci: tool(LHCI, '0.15.1'), chromium: tool(CHROMIUM.found ? CHROMIUM.path : '', 'any') };
  return contextFor({ baseUrl, folder, tools, timeoutMs: 300_000, ...more });
}

/** The groups of processes whose command line names the temp folder of a run; the browser's own processes are in one of them. */
async function groupsOf(run: string): Promise<readonly number[]> {
  const pids = await listPids();
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return [...new Set(pids.filter((_, index) => commands[index]?.includes(run)).map(groupOf))];
}

async function livingIn(groups: readonly number[]): Promise<number> {
  return (await Promise.all(groups.map(livingMembers))).flat().length;
}

describe('real Lighthouse CI, Lighthouse and Chromium', { skip }, () => {
  it('measure a page, refuse a redirect to a login, and leave no secret', async () => {
    const options = auditKind.schema.parse({
      pages: ['/', '/moved'],
      formFactors: ['mobile'],
      runs: 1,
      headers: { Cookie: { secret: 'SESSION', from: 'environment' } },
    });
    const observation = await auditKind.run(
      options,
      context({ secrets: { SESSION: 'sid=battery-staple' } }),
      undefined,
    );
    const { verdict } = judge(observation, { budgets: [], evidence: auditKind.evidence(options) });
    assert.equal(verdict.status === 'inconclusive' && verdict.fault.code, 'wrong-page');
    const pages = new Set(observation.measures.flatMap(({ labels }) => labels?.page ?? []));
    assert.deepEqual([...pages], ['/']);
    const names = new Set(observation.measures.map(({ name }) => name));
    for (const name of [
      'score.performance',
      'score.seo',
      'lcp',
      'lcp.observed',
      'fcp',
      'tbt',
      'cls',
      'si',
      'ttfb',
      'bytes.total',
      'requests',
      'benchmark_index',
    ])
      assert.ok(names.has(name), name);
    assert.ok(cookies.includes('sid=battery-staple'));
    for (const { file } of observation.artefacts) {
      const bytes = await readFile(join(folder, 'artefacts', file));
      const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
      assert.ok(!text.includes('battery-staple'), file);
    }
    assert.match(observation.tools.lighthouse ?? '', /^1[23]\./);
  });

  it('leave no browser behind when a run is cancelled', {
    skip: process.platform === 'linux' ? skip : 'needs /proc',
  }, async () => {
    const controller = new AbortController();
    const options = auditKind.schema.parse({ pages: ['/'], formFactors: ['mobile'], runs: 1 });
    const marker = `run-${process.pid}-lh-`;
    const loaded = new Promise<void>((resolve) =>
      server.on('request', ({ headers }) => (/Chrome/.test(headers['user-agent'] ?? '') ? resolve() : undefined)),
    );
    const running = auditKind.run(options, context({ signal: controller.signal }), undefined);
    await Promise.race([loaded, running]);
    const groups = await groupsOf(marker);
    assert.ok((await livingIn(groups)) > 3, 'a browser loads the page');
    controller.abort(fault('cancelled', 'enough'));
    const observation = await running;
    assert.equal(observation.fault?.code, 'cancelled');
    assert.deepEqual([await livingIn(groups), await groupsOf(marker)], [0, []]);
    const left = (await readdir(openTempRoot())).filter((name) => name.startsWith(marker));
    assert.deepEqual(left, []);
  });
});
