import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { Sqlite } from '../../process/sqlite.ts';
import { migrate, schemaVersion } from '../../results/schema/migrate.ts';
import { makePki } from '../../synthetic/net/testing/pki.ts';
import { serveHttps } from '../../synthetic/net/testing/servers.ts';
import { makeWorkspace, vigie } from '../e2e/vigie-process.ts';
import { ODD, PLAIN } from './canaries.ts';
import { type Canary, findCanaries } from './search-canaries.ts';

/** Says who the client was, and gives back the headers that it sent. */
const echo: RequestListener = ({ socket, rawHeaders }, response) => {
  const client = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
  response
    .setHeader('x-client', client ?? 'nobody')
    .setHeader('x-echo', encodeURIComponent(rawHeaders.join(' ')))
    .end('arrived');
};

/** Below a folder, by name, and those of a database value by value: in the file they are cut into pages. */
function filesBelow(folder: string): readonly (readonly [string, Uint8Array])[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    return [[name, bytes] as const, ...(name.endsWith('.db') ? bodiesOf(join(parentPath, name)) : [])];
  });
}

function bodiesOf(file: string): readonly (readonly [string, Uint8Array])[] {
  const database = new Sqlite(file, { access: 'read' });
  const shapes = z.array(z.object({ no: z.number(), skeleton: z.string() }));
  const rows = shapes.parse(database.prepare('SELECT no, skeleton FROM shapes').all());
  database.close();
  return rows.map(({ no, skeleton }) => [`${file} shapes[${no}]`, Buffer.from(skeleton)] as const);
}

test('the key and passphrase of a client certificate, and secrets in a database that is copied or moved aside, are in no file and no output', async () => {
  using pki = await makePki();
  using workspace = makeWorkspace();
  const key = createPrivateKey(readFileSync(join(pki.folder, 'client.key')));
  const locked = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: ODD.value }).toString();
  const open = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const canaries: readonly Canary[] = [
    PLAIN,
    ODD,
    { name: 'key', value: open.trimEnd() },
    { name: 'locked key', value: locked.trimEnd() },
  ];
  for (const [name, text] of [
    ['root.pem', pki.root],
    ['client.pem', readFileSync(join(pki.folder, 'client.pem'), 'utf8')],
    ['client.key', locked],
  ] as const)
    workspace.write(`tls/${name}`, text);
  await using server = await serveHttps(
    { ...pki.valid, ca: pki.root, requestCert: true, rejectUnauthorized: false },
    echo,
  );
  const url = `https://localhost:${server.port}/`;
  const tls = (passphrase: string): string =>
    `{ ca: 'tls/root.pem', certificate: 'tls/client.pem', key: 'tls/client.key', passphrase: v.secret('${passphrase}') }`;
  workspace.config(`{
    target: { name: 'mutual', url: '${url}', environment: 'test' },
    defaults: { every: '1h', confirm: false },
    checks: [
      v.httpCheck('accepted', { tls: ${tls('ODD')}, headers: { 'x-key': v.secret('PLAIN') }, expect: { headers: { 'x-client': 'client' }, body: { contains: 'arrived' } } }),
      v.httpCheck('echoed', { tls: ${tls('ODD')}, headers: { 'x-key': v.secret('PLAIN') }, expect: { headers: { 'x-echo': 'nothing' } } }),
      v.httpCheck('refused', { tls: ${tls('PLAIN')} }),
      v.tlsCheck('shown', { host: 'localhost', port: ${server.port}, ca: 'tls/root.pem', certificate: 'tls/client.pem', key: 'tls/client.key', passphrase: v.secret('ODD') }),
    ],
  }`);
  const env = { PLAIN: PLAIN.value, ODD: ODD.value, VIGIE_LOG_LEVEL: 'debug' };
  const said: string[] = [];
  const run = async (...args: readonly string[]): Promise<void> => {
    const { stdout, stderr } = await vigie(workspace.folder, ['run', ...args], env);
    said.push(stdout, stderr);
  };
  const data = join(workspace.folder, 'data');
  await run('--json');
  assert.match(said.join(), /"check": "accepted"[\s\S]{0,600}?"status": "passed"/);
  copyBeforeMigration(data);
  // Half a database is moved aside by the next run, which begins another.
  truncateSync(join(data, 'vigie.db'), 8_192);
  await run();

  const files = filesBelow(workspace.folder).filter(([name]) => name !== 'client.key');
  for (const kept of [/^vigie-schema\d+-.*\.db$/, /damaged/, /^vigie\.db$/])
    assert.ok(
      files.some(([name]) => kept.test(name)),
      `${kept} among ${files.map(([name]) => name).join(', ')}`,
    );
  const outputs = [...files, ...said.map((text, index) => [`output ${index}`, Buffer.from(text)] as const)];
  assert.match(outputs.map(([, bytes]) => Buffer.from(bytes).toString()).join('\n'), /\[secret PLAIN\]/);
  assert.deepEqual(
    outputs.flatMap(([name, bytes]) => findCanaries(bytes, canaries, name)),
    [],
  );
});

/** The copy that is made before a change of the schema; there has been none yet. */
function copyBeforeMigration(folder: string): void {
  const copy = new Sqlite(join(folder, 'vigie.db'));
  const version = schemaVersion(copy) + 1;
  const next = { version, title: 'the next one', statements: () => [] };
  migrate(copy, { backupFolder: join(folder, 'backups'), stamp: 'test', migrations: [next] });
  copy.exec(`pragma user_version = ${version - 1}`);
  copy.close();
}
