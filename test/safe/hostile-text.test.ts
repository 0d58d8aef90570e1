import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { chromium } from 'playwright';
import { z } from 'zod';
import { structureProblems } from '../../app/web/testing/page-checks.ts';
import { locateChromium, locatePromtool } from '../../process/locate-tools.ts';
import { openReceivers } from '../e2e/receivers.ts';
import { type Daemon, makeWorkspace, startVigie, until, vigie } from '../e2e/vigie-process.ts';
import { type HostileTarget, openHostileTarget } from './hostile-target.ts';
import { runCommands } from './run-commands.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const found = await locateChromium();
const skip = !found.found
  ? `chromium is missing: ${found.mend}`
  : spawnSync('openssl', ['version']).error === undefined
    ? false
    : 'openssl is missing: it makes the certificate with a hostile subject';

/** What a terminal or a reader of lines acts upon, line ends apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const checks = z.object({
  checks: z.array(z.object({ id: z.string(), latest: z.object({ id: z.string(), status: z.string() }).optional() })),
});

describe('hostile text of a target', { skip, timeout: 300_000 }, () => {
  it('breaks neither page, log, console, metrics, mail, webhook nor file', async (test) => {
    await using target = await openHostileTarget();
    await using receivers = await openReceivers();
    using workspace = makeWorkspace();
    workspace.write('journey.ts', JOURNEY);
    workspace.config(configFor(target, receivers));
    const daemon = await startVigie(workspace.folder);
    try {
      const latest = await everyCheckHasRun(daemon);
      assert.deepEqual(
        [...latest.values()]
          .filter(({ status }) => status === 'passed' || status === 'skipped')
          .map(({ check }) => check),
        ['json'],
      );
      await until('a mail and a post for each failing check', () =>
        receivers.mails.length > 3 && receivers.posts.length > 3 ? true : undefined,
      );
      await pagesAreWhole(daemon, latest, workspace.folder, target);
      await metricsAreWhole(daemon, test);
      const commands = ['status', 'report', 'incidents', 'plan'].flatMap((command) => [[command], [command, '--json']]);
      for (const [index, { stdout, stderr }] of (await runCommands(workspace.folder, commands)).entries()) {
        const [command, form] = commands[index] ?? [];
        if (form === undefined) assert.doesNotMatch(stdout + stderr, ACTIVE, command);
        else assert.equal(typeof JSON.parse(stdout), 'object', command);
      }
      const { stdout, stderr } = await vigie(workspace.folder, [
        'run',
        '--no-record',
        'body',
        'banner',
        'raw',
        'reason',
        'location',
      ]);
      assert.doesNotMatch(stdout + stderr, ACTIVE);
      assert.equal((await fetch(`${daemon.url}/readyz`)).status, 200);
    } finally {
      await daemon.kill('SIGTERM');
    }
    assert.doesNotMatch(daemon.output(), ACTIVE);
    logsAreLines(join(workspace.folder, 'logs'));
    for (const { text } of receivers.mails) mailIsWhole(text);
    for (const { body } of receivers.posts)
      assert.deepEqual(Object.keys(body).includes('id') && !('polluted' in body), true);
    const outside = readdirSync(workspace.folder).filter(
      (name) => !['data', 'logs', 'journey.ts', 'vigie.config.ts'].includes(name),
    );
    assert.deepEqual(outside, []);
  });
});

function configFor(
  { url, rawUrl, tcpPort, tlsPort, nameServer }: HostileTarget,
  receivers: { readonly smtpPort: number; readonly webhookUrl: string },
): string {
  const raw = ['flood', 'one-long-header', 'nul', 'reason', 'location', 'bytes', 'raw'].map(
    (path) =>
      `v.httpCheck('${path}', { url: '${rawUrl}/${path}', expect: { headers: { 'x-hostile': 'nothing' }, body: { contains: 'nothing' } } })`,
  );
  return `{
    target: { name: 'hostile', url: '${url}', environment: 'test' },
    channels: [
      v.webhook('hook', { url: '${receivers.webhookUrl}' }),
      v.email('mail', { host: '127.0.0.1', port: ${receivers.smtpPort}, from: 'a@example.org', to: ['b@example.org'] }),
    ],
    settings: { web: { port: 0 } },
    defaults: { every: '5s', confirm: false },
    checks: [
      v.httpCheck('body', { expect: { headers: { 'x-hostile': 'nothing' }, body: { contains: 'nothing', matches: [/nothing here/] } } }),
      v.httpCheck('json', { url: '/json', expect: { body: { json: [{ path: '$.text', exists: true }] } } }),
      v.httpCheck('json-values', { url: '/json', expect: { body: { json: [{ path: '$.text', equals: 'nothing' }, { path: '$.__proto__', equals: 1 }, { path: '$.constructor', equals: 1 }] } } }),
      ${raw.join(',\n')},
      v.tcpCheck('banner', { host: '127.0.0.1', port: ${tcpPort}, exchange: [{ expect: /nothing here/ }] }),
      v.dnsCheck('names', { query: 'hostile.example', type: 'TXT', servers: ['${nameServer}'], expect: { answers: { contains: 'nothing' } } }),
      v.tlsCheck('subject', { host: '127.0.0.1', port: ${tlsPort} }),
      v.tlsCheck('subject-insecure', { host: '127.0.0.1', port: ${tlsPort}, insecure: true, expect: { issuer: 'nothing' } }),
      v.journeyCheck('journey', { every: '10s', file: 'journey.ts', recording: 'always' }),
      v.auditCheck('audit', { every: '1h', pages: ['/'], formFactors: ['desktop'], runs: 1, categories: ['seo'], throttling: 'provided', budgets: { 'score.seo': { fail: '>= 1' } } }),
    ],
  }`;
}

const JOURNEY = `
import { journey } from ${JSON.stringify(join(ROOT, 'app', 'index.ts'))};
export default journey('hostile', async ({ page, expect, step, measure }) => {
  await page.goto('/');
  const text = await page.title();
  measure('own', 1, 'count', { title: text, ['__proto__']: text });
  measure(text.slice(0, 60), 1, 'count');
  await step(text, () => expect(page.locator('#hostile')).toHaveText('nothing', { timeout: 300 }));
});`;

type Latest = ReadonlyMap<string, { readonly check: string; readonly run: string; readonly status: string }>;

async function everyCheckHasRun(daemon: Daemon): Promise<Latest> {
  return until(
    'every check to have run',
    async () => {
      const { checks: all } = checks.parse(await (await fetch(`${daemon.url}/api/v1/checks`)).json());
      const ran = all.flatMap(({ id, latest }) =>
        latest === undefined ? [] : [[id, { check: id, run: latest.id, status: latest.status }] as const],
      );
      return ran.length === all.length ? new Map(ran) : undefined;
    },
    daemon.output,
  );
}

/** In a real browser: nothing of the target runs, nothing is asked of anybody else, and the page is the one we wrote. */
async function pagesAreWhole(daemon: Daemon, latest: Latest, folder: string, target: HostileTarget): Promise<void> {
  const browser = await chromium.launch({
    executablePath: found.found ? found.path : '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    page.on('dialog', (dialog) => asked.push(`dialog ${dialog.message()}`));
    const incidents = z
      .object({ incidents: z.array(z.object({ id: z.string() })) })
      .parse(await (await fetch(`${daemon.url}/api/v1/incidents`)).json());
    const paths = [
      '/',
      '/incidents',
      ...[...latest.values()].flatMap(({ check, run }) => [`/checks/${check}`, `/runs/${run}`]),
      ...incidents.incidents.map(({ id }) => `/incidents/${id}`),
    ];
    for (const path of paths) {
      const answer = await page.goto(daemon.url + path);
      assert.equal(answer?.status(), 200, path);
      assert.deepEqual(await page.evaluate(structureProblems), [], path);
    }
    assert.deepEqual([...new Set(asked)], [daemon.url]);
    const journey = latest.get('journey')?.run ?? '';
    const [day = ''] = readdirSync(join(folder, 'data', 'artefacts'));
    plantArtefacts(join(folder, 'data', 'artefacts', day, journey, '1'), target.url);
    for (const file of ['planted.html', 'console.txt', 'requests.txt', 'console.ndjson', 'requests.ndjson']) {
      const answer = await page.goto(`${daemon.url}/artefacts/${journey}/1/${file}`).catch(() => undefined);
      if (answer?.status() === 200) assert.equal(await page.evaluate('window.pwned'), undefined, file);
    }
    for (const [file, status] of [
      ['planted.svg', 200],
      ['link', 404],
      ['folder/passwd', 404],
      ['..%2f..%2fvigie.db', 404],
      ['%2e%2e/%2e%2e/vigie.db', 404],
      ['C:%5cx', 404],
    ] as const) {
      const answer = await fetch(`${daemon.url}/artefacts/${journey}/1/${file}`);
      assert.equal(answer.status, status, file);
      if (status === 200) assert.equal(answer.headers.get('content-disposition'), 'attachment');
    }
    assert.ok(!target.asked.some((path) => path.includes('stolen')), 'an artefact asked for something');
  } finally {
    await browser.close();
  }
}

function plantArtefacts(folder: string, url: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'planted.html'),
    `<title>t</title><script>window.pwned=1;fetch("${url}/stolen")</script><img src="${url}/stolen">`,
  );
  writeFileSync(join(folder, 'planted.svg'), '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>');
  symlinkSync('/etc/passwd', join(folder, 'link'));
  symlinkSync('/etc', join(folder, 'folder'));
}

async function metricsAreWhole(daemon: Daemon, test: TestContext): Promise<void> {
  const text = await (await fetch(`${daemon.url}/metrics`)).text();
  for (const line of text.split('\n').slice(0, -1))
    assert.match(
      line,
      /^(?:|# (?:HELP|TYPE) [a-z_0-9]+ .*|[a-z_0-9]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (?:[-+]?[\d.e+-]+|NaN|[-+]Inf))$/,
    );
  assert.doesNotMatch(text, /^fake_metric/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
  const promtool = await locatePromtool();
  if (promtool.found) execFileSync(promtool.path, ['check', 'metrics'], { input: text });
  else test.diagnostic(`not read by promtool, which is missing: ${promtool.mend}`);
}

function logsAreLines(folder: string): void {
  assert.ok(existsSync(folder));
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
  for (const line of lines) {
    assert.doesNotMatch(line, ACTIVE);
    const parsed: unknown = JSON.parse(line);
    assert.ok(typeof parsed === 'object' && parsed !== null && 'time' in parsed && 'level' in parsed, line);
  }
}

const MAIL_HEADERS =
  /^(?:From|To|Subject|Message-ID|In-Reply-To|References|X-Vigie-Dedup-Key|Auto-Submitted|Content-Transfer-Encoding|Content-Type|Date|MIME-Version)$/i;

function mailIsWhole(text: string): void {
  const [head = ''] = text.split('\r\n\r\n');
  for (const line of head.split('\r\n').filter((one) => !/^\s/.test(one)))
    assert.match(line.split(':')[0] ?? '', MAIL_HEADERS, line);
}
