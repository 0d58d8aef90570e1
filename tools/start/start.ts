// `npm start`: the reference target and its companions, an inbox for notices, and `vigie start` watching the target with this repository's configuration.
// Arguments are passed on to `vigie start`.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { openCompanions } from './companions.ts';
import { openInbox } from './inbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Addresses = { readonly frontend: string; readonly api: string };

const DATA = resolve(ROOT, process.env.VIGIE_DATA_FOLDER ?? 'data');
const ADDRESS_FILE = join(DATA, 'demo.json');
mkdirSync(DATA, { recursive: true, mode: 0o700 });

const inbox = await openInbox(join(DATA, 'inbox'), say);
const companions = await openCompanions();
const adminToken = randomBytes(24).toString('base64url');
const demo = spawn(process.execPath, [join(ROOT, 'demo', 'main.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
  env: { ...process.env, DEMO_ADMIN_TOKEN: adminToken },
});
const { frontend, api } = await readyOf(demo);
writeFileSync(ADDRESS_FILE, JSON.stringify({ frontend, api, adminToken }), { mode: 0o600 });
const vigie = spawn(
  process.execPath,
  [join(ROOT, 'app', 'main.ts'), 'start', '--target', frontend, '--target', `api=${api}`, ...process.argv.slice(2)],
  {
    stdio: ['inherit', 'pipe', 'inherit'],
    detached: true,
    env: {
      ...process.env,
      ...companions.environment,
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      VIGIE_SMTP_HOST: '127.0.0.1',
      VIGIE_SMTP_PORT: String(inbox.smtpPort),
      VIGIE_WEBHOOK_URL: inbox.webhookUrl,
      VIGIE_DEMO_ADMIN_TOKEN: adminToken,
    },
  },
);
const lines = createInterface({ input: vigie.stdout });
lines.on('line', (line) => {
  process.stdout.write(`${line}\n`);
  const page = /^page +(http\S+?)\/?$/.exec(line)?.[1];
  if (page === undefined) return;
  companions.startJob(page);
  say('break it:  npm run fault -- emptyBody=true    repair it:  npm run fault -- reset');
});

// In groups of their own the children do not get Ctrl+C from the terminal: the monitor is stopped first and sees its target to the end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => vigie.kill(signal));
demo.once('exit', (code, signal) => {
  if (vigie.exitCode === null && vigie.signalCode === null)
    say(`the reference target ended by itself (${signal ?? code}); vigie goes on and will say so`);
});
const [code, signal] = await once(vigie, 'exit');
if (signal !== null) say(`vigie was ended by ${signal}; npm start goes on where it was, and shows the gap`);
demo.kill('SIGTERM');
await companions.close();
await inbox.close();
rmSync(ADDRESS_FILE, { force: true });
process.exitCode = typeof code === 'number' ? code : 1;

/** The demo says on stdout when and where it listens. */
async function readyOf(child: ChildProcess): Promise<Addresses> {
  if (child.stdout === null) throw new Error('the reference target has no stdout');
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, 'exit').then(([exit]) =>
    Promise.reject(new Error(`the reference target ended with ${exit} before it was ready`)),
  );
  const [line] = await Promise.race([once(lines, 'line'), failed]);
  failed.catch(() => {});
  const message: unknown = JSON.parse(String(line));
  if (typeof message === 'object' && message !== null && 'frontend' in message && 'api' in message)
    return { frontend: String(message.frontend), api: String(message.api) };
  throw new Error(`the reference target said '${line}' instead of where it listens`);
}
