import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { Sqlite } from '../../process/sqlite.ts';
import { hashOfToken } from '../../web/tokens.ts';
import { type Daemon, makeWorkspace, startVigie, until, vigie, type Workspace } from '../e2e/vigie-process.ts';
import { makeTemp } from '../nothing-lost/own-temp.ts';
import { BEYOND_ASCII, KEY, ODD, PLAIN } from './canaries.ts';
import { type CanaryTarget, openCanaryTarget } from './canary-target.ts';
import { runCommands } from './run-commands.ts';
import { type Canary, type Find, findCanaries, findRuns } from './search-canaries.ts';
import { watchProcesses } from './watch-processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Secrets with a use of their own, so that a find says by its name where it came from. */
const API: Canary = { name: 'api token', value: 'vigie_canary-api-token-2f8e61' };
const PING: Canary = { name: 'ping token', value: 'canary-ping-token-53bd09' };
const HOOK: Canary = { name: 'webhook path', value: 'canary-hook-path-c771ea' };
const MAIL: Canary = { name: 'mail password', value: `canary mail "p'w" é 44d0` };
const CANARIES = [PLAIN, ODD, BEYOND_ASCII, KEY, API, PING, HOOK, MAIL];

const LARGEST_FOR_RUNS = 20_000;
/** Every piece of 11 characters has such a run. */
const STRIDE = 4;

const runs = z.object({ runs: z.array(z.object({ id: z.string(), check: z.string() }).loose()) });

describe('secrets', { timeout: 600_000 }, () => {
  it('are in nothing that Vigie writes, says, sends or passes on, whatever kind of check they go through', async () => {
    await using target = await openCanaryTarget();
    using workspace = makeWorkspace();
    using temp = makeTemp();
    prepare(workspace, target);
    const env = environment(temp.folder, target);
    const outputs = new Map<string, Uint8Array>();
    const keep = (name: string, text: string): void => void outputs.set(name, Buffer.from(text));

    const daemon = await startVigie(workspace.folder, env);
    await using processes = watchProcesses(daemon.pid, CANARIES);
    try {
      const kinds = await everyCheckHasRun(daemon, target);
      await askTheApi(daemon, keep);
      for (const [path, bytes] of await everyPage(daemon)) outputs.set(path, bytes);
      const reading = [['status'], ['report'], ['incidents'], ['validate'], ['plan']].flatMap(inBothForms);
      for (const [index, { stdout, stderr }] of (await runCommands(workspace.folder, reading, env)).entries())
        keep(`vigie ${reading[index]?.join(' ')}`, stdout + stderr);
      for (const command of inBothForms(['run', 'headers', 'body', 'spoken', '--push', '--no-record'])) {
        const { stdout, stderr } = await vigie(workspace.folder, command, env);
        keep(`vigie ${command.join(' ')}`, stdout + stderr);
      }
      assert.ok(kinds.length > 10);
    } finally {
      await daemon.kill('SIGTERM');
    }
    keep('output of vigie start', daemon.output());
    for (const [index, mail] of target.told.mails.entries()) keep(`mail ${index}`, mail);
    for (const [index, post] of target.told.posts.entries()) keep(`webhook ${index}`, post);
    for (const [index, text] of target.told.pushed.entries()) keep(`pushed metrics ${index}`, text);
    for (const folder of [workspace.folder, temp.folder])
      for (const [name, bytes] of filesBelow(folder)) outputs.set(name, bytes);
    for (const [name, bytes] of rowsOf(join(workspace.folder, 'data', 'vigie.db'))) outputs.set(name, bytes);

    everySecretArrived(target);
    sawEnough(outputs, processes.programs);
    // The same text stands in many places; each is read once.
    const distinct = new Map(
      [...outputs].map(([name, bytes]) => [Buffer.from(bytes).toString('latin1'), [name, bytes] as const]),
    );
    const finds = [...distinct.values()].flatMap(([name, bytes]) => findCanaries(bytes, CANARIES, name));
    assert.deepEqual(shortest(finds.filter(isLeak)), []);
    // Every run of characters in every layer of a trace would take minutes; texts that were cut are short.
    const pieces = [...distinct.values()]
      .filter(([, bytes]) => bytes.length < LARGEST_FOR_RUNS)
      .flatMap(([name, bytes]) => findRuns(bytes, [PLAIN, BEYOND_ASCII], name, STRIDE));
    assert.deepEqual(shortest(pieces.filter(isLeak)), []);
    assert.deepEqual(shortest(processes.seen.filter(isPassedOnTooFar)), []);
    for (const file of readdirSync(join(workspace.folder, 'data', 'state')))
      assert.equal(statSync(join(workspace.folder, 'data', 'state', file)).mode & 0o077, 0, file);
  });
});

function inBothForms(command: readonly string[]): readonly (readonly string[])[] {
  return [command, [...command, '--json']];
}

/** The same value in the same place may be reached in many ways; one says enough. */
function shortest(finds: readonly Find[]): readonly string[] {
  const byPlace = new Map<string, string>();
  for (const { canary, where } of finds.toSorted((one, other) => other.where.length - one.where.length))
    byPlace.set(
      `${canary} ${where.replace(/ > (?:percent|form|json|html|hex|base64|quoted-printable|deflated)\b.*/, '')}`,
      `${canary} in ${where}`,
    );
  return [...byPlace.values()];
}

/** Where a secret may stand: the file that the operator put it in, and stored logins, which are what they hold. */
function isLeak({ where }: Find): boolean {
  return !/^(?:key\.pem|data\/state\/[^/]+)(?: |$)/.test(where);
}

/** The script and the project that a check names may see, by their environment, the secrets that it gives them, and so may what they start. Arguments are open to everybody on the machine. */
function isPassedOnTooFar({ where }: Find): boolean {
  return !/^environment of .*(?:\bk6 run|playwright\S*\/cli\.js test)/.test(where);
}

function environment(temp: string, target: CanaryTarget): Record<string, string> {
  return {
    PLAIN: PLAIN.value,
    ODD: ODD.value,
    BEYOND: BEYOND_ASCII.value,
    API: API.value,
    PING: PING.value,
    MAIL: MAIL.value,
    HOOK: `${target.url}/hook/${HOOK.value}`,
    HOOK_REFUSES: `${target.url}/hook/${HOOK.value}/refuse`,
    HOOK_BROKEN: `not a url ${HOOK.value}`,
    HOOK_AWAY: `http://127.0.0.1:1/${HOOK.value}`,
    TMPDIR: temp,
    VIGIE_LOG_LEVEL: 'debug',
  };
}

function prepare(workspace: Workspace, { url, tcpPort, smtpPort }: CanaryTarget): void {
  symlinkSync(join(ROOT, 'node_modules'), join(workspace.folder, 'node_modules'));
  workspace.write('key.pem', KEY.value);
  workspace.write('journey.ts', JOURNEYS);
  workspace.write('k6.js', K6);
  workspace.write('spec/playwright.config.ts', SPEC_CONFIG);
  workspace.write('spec/leak.spec.ts', SPEC);
  workspace.config(`{
    target: { name: 'echo', url: '${url}', environment: 'test' },
    channels: [
      v.webhook('hook', { url: v.secret('HOOK'), headers: { authorization: v.secret('PLAIN') } }),
      v.webhook('refuses', { url: v.secret('HOOK_REFUSES') }),
      v.webhook('broken', { url: v.secret('HOOK_BROKEN') }),
      v.webhook('away', { url: v.secret('HOOK_AWAY'), headers: { 'x-key': v.secretFile('key.pem') } }),
      v.email('mail', { host: '127.0.0.1', port: ${smtpPort}, user: 'good', password: v.secret('MAIL'), requireTls: false, from: 'a@example.org', to: ['b@example.org'] }),
      v.email('wrong', { host: '127.0.0.1', port: ${smtpPort}, user: 'wrong', password: v.secret('MAIL'), requireTls: false, from: 'a@example.org', to: ['b@example.org'] }),
    ],
    settings: {
      web: { port: 0 },
      metrics: { pushgatewayUrl: '${url}' },
      apiTokens: [
        { name: 'ann', scopes: ['write'], token: v.secret('API') },
        { name: 'hashed', scopes: ['read'], hash: 'sha256:${hashOfToken('another')}' },
      ],
    },
    defaults: { every: '10m', confirm: false },
    checks: [
      v.httpCheck('headers', { every: '2s', url: '/headers', headers: { 'x-key': v.secret('PLAIN'), cookie: v.secret('PLAIN') }, expect: { headers: { 'x-echo': 'nothing' } } }),
      v.httpCheck('bearer', { url: '/bearer', auth: { type: 'bearer', token: v.secret('PLAIN') }, expect: { headers: { 'x-echo': 'nothing' } } }),
      v.httpCheck('basic', { url: '/basic', auth: { type: 'basic', user: v.secret('PLAIN'), password: v.secret('ODD') }, expect: { headers: { 'x-echo': 'nothing' } } }),
      v.httpCheck('body', { url: '/json', method: 'POST', body: { json: { inner: [v.secret('ODD'), v.secret('BEYOND'), v.secretFile('key.pem')] } }, expect: { body: { json: [{ path: '$.echo', equals: 'nothing' }], contains: 'nothing' } } }),
      v.httpCheck('form', { url: '/form', method: 'POST', body: { form: { password: v.secret('ODD'), key: v.secretFile('key.pem') } }, expect: { body: { contains: 'nothing' } } }),
      v.httpCheck('text', { url: '/text', method: 'POST', body: { text: v.secretFile('key.pem') }, expect: { body: { matches: [/nothing/] } } }),
      v.httpCheck('redirected', { url: '/redirect', headers: { 'x-key': v.secret('PLAIN') }, expect: { status: [204] } }),
      v.httpCheck('not-a-header', { url: '/never', headers: { 'x-key': v.secretFile('key.pem') } }),
      v.httpCheck('proxied', { proxy: { url: '${url}', user: 'u', password: v.secret('ODD') } }),
      v.httpCheck('wrong-key', { url: 'https://127.0.0.1:${tcpPort}/', tls: { certificate: 'key.pem', passphrase: v.secret('ODD') } }),
      v.tcpCheck('spoken', { host: '127.0.0.1', port: ${tcpPort}, exchange: [{ send: v.secret('ODD'), expect: /nothing/ }] }),
      v.tcpCheck('spoken-key', { host: '127.0.0.1', port: ${tcpPort}, exchange: [{ send: v.secretFile('key.pem'), expect: /nothing/ }] }),
      v.tlsCheck('tls-key', { host: '127.0.0.1', port: ${tcpPort}, certificate: 'key.pem', passphrase: v.secret('PLAIN') }),
      v.heartbeatCheck('job', { token: v.secret('PING'), period: '1h' }),
      v.journeyCheck('leak', { every: '10s', file: 'journey.ts', export: 'leak', recording: 'always', secrets: { plain: v.secret('PLAIN'), odd: v.secret('ODD'), beyond: v.secret('BEYOND'), key: v.secretFile('key.pem') }, login: { file: 'journey.ts', export: 'login' } }),
      v.journeyCheck('throws', { file: 'journey.ts', export: 'throws', recording: 'always', secrets: { plain: v.secret('PLAIN'), odd: v.secret('ODD'), beyond: v.secret('BEYOND'), key: v.secretFile('key.pem') } }),
      v.specCheck('spec', { folder: 'spec', env: { PLAIN: v.secret('PLAIN'), ODD: v.secret('ODD'), BEYOND: v.secret('BEYOND'), KEY: v.secretFile('key.pem') } }),
      v.loadCheck('load', { script: 'k6.js', env: { PLAIN: v.secret('PLAIN'), ODD: v.secret('ODD'), BEYOND: v.secret('BEYOND'), KEY: v.secretFile('key.pem') } }),
      v.auditCheck('audit', { pages: ['/audit'], formFactors: ['desktop'], runs: 1, categories: ['seo'], throttling: 'provided', headers: { Cookie: v.secret('PLAIN'), 'X-Key': v.secret('PLAIN') } }),
    ],
  }`);
}

const JOURNEYS = `
import { journey } from ${JSON.stringify(join(ROOT, 'app', 'index.ts'))};

const shown = async ({ page, context, request, step, measure, secret }) => {
  const [plain, odd, key] = ['plain', 'odd', 'key'].map((name) => secret(name));
  await context.setExtraHTTPHeaders({ 'x-key': plain });
  await context.addCookies([{ name: 'session', value: encodeURIComponent(odd), url: page.url().startsWith('http') ? page.url() : process.env.NOTHING ?? 'http://127.0.0.1/' }]);
  await step('open ' + odd, () => page.goto('/journey?q=' + encodeURIComponent(odd)));
  await page.locator('#password').fill(odd);
  await page.locator('#key').fill(key);
  await page.getByRole('button').click();
  await page.evaluate(([a, b, c]) => {
    console.log(a); console.error(JSON.stringify({ b })); console.warn(c);
    document.cookie = 'mine=' + encodeURIComponent(b);
    localStorage.setItem('key', c); sessionStorage.setItem('odd', b);
    document.title = b;
    setTimeout(() => { throw new Error('in the page ' + b + c); });
  }, [plain, odd, key]);
  console.log('from the journey', plain, odd, key);
  console.error(JSON.stringify({ odd, key }));
  await request.post('/beyond?' + encodeURIComponent(secret('beyond')), { data: secret('beyond') });
  await page.evaluate((text) => { console.log(text); document.body.append(text); }, secret('beyond'));
  await request.post('/request', { data: { odd, key }, headers: { 'x-key': plain } });
  measure('count ' + plain, 1, 'count', { label: odd });
  return { plain, odd, key };
};
export const login = journey('login', async (given) => {
  await given.page.goto('/login');
  const { plain } = await shown(given);
  await given.expect(given.page.locator('h1')).toBeVisible();
});
export const leak = journey('leak', async (given) => {
  await given.page.goto('/leak');
  const { odd } = await shown(given);
  await given.step('compare', () => given.expect(given.page.locator('#echo')).toHaveText('not ' + odd, { timeout: 300 }));
});
export const throws = journey('throws', async (given) => {
  await given.page.goto('/throws');
  await given.expect(given.page.locator('h1')).toBeVisible();
  const { plain, odd, key } = await shown(given);
  throw new Error(['it broke with', plain, odd, key].join(' '), { cause: new Error(odd) });
});`;

const K6 = `
import { check, group } from 'k6';
import http from 'k6/http';
export const options = { vus: 1, iterations: 2 };
export default function () {
  const { PLAIN, ODD, KEY } = __ENV;
  console.log(PLAIN + ' ' + ODD + ' ' + KEY + ' ' + __ENV.BEYOND);
  console.error(JSON.stringify({ ODD, KEY }));
  group('group ' + ODD, () => {
    const answer = http.post(__ENV.VIGIE_TARGET + '/load?q=' + encodeURIComponent(ODD), { ODD, KEY }, { headers: { 'x-key': PLAIN }, tags: { mine: PLAIN, name: PLAIN + ODD } });
    check(answer, { ['echoes ' + PLAIN + ODD]: () => false });
  });
  if (__ITER === 1) throw new Error('in the script ' + PLAIN + ODD + KEY);
}`;

const SPEC_CONFIG = `
import { defineConfig } from '@playwright/test';
export default defineConfig({ use: { baseURL: process.env.VIGIE_TARGET, trace: 'on', screenshot: 'on', launchOptions: { executablePath: process.env.VIGIE_CHROMIUM } } });`;

const SPEC = `
import { expect, test } from '@playwright/test';
const { PLAIN = '', ODD = '', KEY = '' } = process.env;
test('shows ' + PLAIN + ' ' + ODD, async ({ page }, info) => {
  console.log(PLAIN, ODD, KEY, process.env.BEYOND);
  await info.attach('note', { body: ODD + KEY, contentType: 'text/plain' });
  await page.setExtraHTTPHeaders({ 'x-key': PLAIN });
  await page.goto('/spec?q=' + encodeURIComponent(ODD));
  await page.locator('#key').fill(KEY);
  await page.getByRole('button').click();
  await expect(page.locator('#echo')).toHaveText('not ' + ODD + KEY, { timeout: 300 });
});`;

/** Waits until every check has run, the failing journey was recorded whole and both kinds of receiver were told. */
async function everyCheckHasRun(daemon: Daemon, target: CanaryTarget): Promise<readonly string[]> {
  const shape = z.object({ checks: z.array(z.object({ id: z.string(), latest: z.unknown().optional() })) });
  const left = new Set<string>();
  return until(
    'every check to have run and every receiver to have been told',
    async () => {
      const { checks } = shape.parse(await (await fetch(`${daemon.url}/api/v1/checks`)).json());
      left.clear();
      for (const { id, latest } of checks) if (latest === undefined) left.add(id);
      for (const name of ['smtp-good', 'smtp-wrong', 'hook', 'metrics']) if (!target.arrived.has(name)) left.add(name);
      if (!target.told.mails.some((mail) => mail.includes('leak'))) left.add('a mail about the journey');
      return left.size === 0 ? checks.map(({ id }) => id) : undefined;
    },
    () => `left: ${[...left].join(', ')}\n${daemon.output()}`,
    300_000,
  );
}

/** Tokens used well and badly. */
async function askTheApi(daemon: Daemon, keep: (name: string, text: string) => void): Promise<void> {
  const rows: readonly (readonly [string, string, Record<string, string>])[] = [
    ['POST', '/api/v1/checks/tls-key/pause', { authorization: `Bearer ${API.value}` }],
    ['POST', '/api/v1/checks/none/pause', { authorization: `Bearer ${API.value}` }],
    ['POST', `/api/v1/checks/${API.value}/pause`, { authorization: `Bearer ${API.value}` }],
    ['POST', '/api/v1/checks/tls-key/pause', { authorization: `Basic ${API.value}` }],
    ['GET', `/?token=${API.value}`, {}],
    ['GET', `/api/v1/runs?check=${API.value}&limit=x`, {}],
    ['GET', `/ping/${PING.value}`, {}],
    ['GET', `/ping/${PING.value}x`, {}],
  ];
  for (const [method, path, headers] of rows) {
    const answer = await fetch(daemon.url + path, { method, headers });
    keep(`answer to ${method} ${path.replaceAll(API.value, '…').replaceAll(PING.value, '…')}`, await answer.text());
  }
}

async function everyPage(daemon: Daemon): Promise<readonly (readonly [string, Uint8Array])[]> {
  const { runs: recorded } = runs.parse(await (await fetch(`${daemon.url}/api/v1/runs?limit=500`)).json());
  const latest = new Map(recorded.toReversed().map((run) => [run.check, run.id]));
  const incidents = z
    .object({ incidents: z.array(z.object({ id: z.string() })) })
    .parse(await (await fetch(`${daemon.url}/api/v1/incidents`)).json());
  const paths = [
    '/',
    '/metrics',
    '/incidents',
    '/api/v1/checks',
    '/api/v1/runs?limit=500',
    '/api/v1/incidents',
    ...[...latest].flatMap(([check, id]) => [`/checks/${check}`, `/runs/${id}`, `/api/v1/runs/${id}`]),
    ...incidents.incidents.map(({ id }) => `/incidents/${id}`),
  ];
  return Promise.all(
    paths.map(async (path) => [path, new Uint8Array(await (await fetch(daemon.url + path)).arrayBuffer())] as const),
  );
}

/** Everything that is there after the end, whoever wrote it. */
function filesBelow(folder: string): readonly (readonly [string, Uint8Array])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path)] as const;
    });
}

/** Values of the database one by one: in the file they are cut into pages, and long ones are packed. */
function rowsOf(file: string): readonly (readonly [string, Uint8Array])[] {
  const database = new Sqlite(file, { access: 'read' });
  const tables = z
    .array(z.object({ name: z.string() }))
    .parse(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all());
  const values = tables.flatMap(({ name }) =>
    database
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .flatMap((row, index) =>
        Object.entries(row).map(([column, value]) => [`${name}[${index}].${column}`, value] as const),
      ),
  );
  database.close();
  return values.flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[name, Buffer.from(value)] as const]
      : value instanceof Uint8Array
        ? [[name, value] as const]
        : [],
  );
}

/** A secret that went nowhere proves nothing. */
function everySecretArrived({ arrived }: CanaryTarget): void {
  const rows: readonly (readonly [string, readonly Canary[]])[] = [
    ['headers', [PLAIN]],
    ['bearer', [PLAIN]],
    ['basic', [PLAIN, ODD]],
    ['json', [ODD, BEYOND_ASCII, KEY]],
    ['beyond', [BEYOND_ASCII]],
    ['form', [ODD, KEY]],
    ['text', [KEY]],
    ['redirect', [PLAIN]],
    ['tcp', [ODD, KEY]],
    ['journey', [PLAIN, ODD]],
    ['request', [PLAIN, ODD, KEY]],
    ['spec', [PLAIN, ODD]],
    ['load', [PLAIN, ODD, KEY]],
    ['audit', [PLAIN]],
    ['hook', [PLAIN, HOOK]],
    ['smtp-good', [MAIL]],
    ['smtp-wrong', [MAIL]],
  ];
  for (const [place, canaries] of rows)
    for (const canary of canaries)
      assert.ok(
        findCanaries(Buffer.from(arrived.get(place) ?? ''), [canary], place).length > 0,
        `${canary.name} came to ${place}`,
      );
}

/** What was searched must be what a reader would think was searched. */
function sawEnough(outputs: ReadonlyMap<string, Uint8Array>, programs: ReadonlySet<string>): void {
  const names = [...outputs.keys()];
  for (const pattern of [
    /trace\.zip$/,
    /\.har$/,
    /screenshot\.png$/,
    /console/,
    /playwright\.log$/,
    /k6.*\.log$/,
    /lhr.*\.gz$|\.html\.gz$|report/,
    /^logs\//,
    /^data\/vigie\.db$/,
    /^mail/,
    /^webhook/,
    /^pushed/,
    /^runs?\[/,
  ])
    assert.ok(
      names.some((name) => pattern.test(name)),
      `nothing like ${pattern} in\n${names.join('\n')}`,
    );
  const text = [...outputs.values()].map((bytes) => Buffer.from(bytes).toString()).join('\n');
  for (const name of ['PLAIN', 'ODD', 'file:key.pem']) assert.ok(text.includes(`[secret ${name}]`), name);
  for (const pattern of [/chrom/, /k6/, /lighthouse|lhci/, /host\/main|host-process/, /playwright/])
    assert.ok(
      [...programs].some((program) => pattern.test(program)),
      `no program like ${pattern} among\n${[...programs].join('\n')}`,
    );
}
