// `npm start`: the reference target and its companions, an inbox for notices, and `vigie start` watching the target with this repository's configuration.
// Arguments are passed on to `vigie start`.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type AddressFile, claimAddressFile } from './address-file.ts';
import type { Companions } from './companions.ts';
import type { Inbox } from './inbox.ts';
import { CannotStart, findPorts, type Ports } from './ports.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Addresses = { readonly frontend: string; readonly api: string };

const words = process.argv.slice(2);
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  say(`npm start: ${error.message}`);
  process.exitCode = 3;
}

async function main(): Promise<number> {
  const data = resolve(ROOT, process.env.VIGIE_DATA_FOLDER ?? 'data');
  const addressFile = claim(data);
  try {
    const ports = await findPorts(
      process.env,
      words.some((word) => /^--config(=|$)/.test(word)),
    );
    // Loaded once nothing is in the way: a refusal comes at once.
    const [{ openInbox }, { openCompanions }] = await Promise.all([import('./inbox.ts'), import('./companions.ts')]);
    const inbox = await openInbox(join(data, 'inbox'), say);
    const companions = await openCompanions();
    try {
      return await watch({ addressFile, ports, inbox, companions });
    } finally {
      await companions.close();
      await inbox.close();
    }
  } finally {
    addressFile.release();
  }
}

/** First of all: `npm run fault` finds one target in a data folder, and that of an `npm start` that runs is not taken away. */
function claim(data: string): AddressFile {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const claimed = claimAddressFile(join(data, 'demo.json'));
  if (claimed.isOurs) return claimed;
  throw new CannotStart(
    `it runs already, as process ${claimed.pid}, with the data in ${data}\n  for a second one: VIGIE_DATA_FOLDER=<folder> VIGIE_WEB_PORT=0 VIGIE_DEMO_FRONTEND_PORT=0 VIGIE_DEMO_API_PORT=0 npm start`,
  );
}

type Parts = {
  readonly addressFile: AddressFile;
  readonly ports: Ports;
  readonly inbox: Inbox;
  readonly companions: Companions;
};

async function watch({ addressFile, ports, inbox, companions }: Parts): Promise<number> {
  const adminToken = randomBytes(24).toString('base64url');
  const demoPorts = ['--frontend-port', String(ports.frontend), '--api-port', String(ports.api)];
  const demo = spawn(process.execPath, [join(ROOT, 'demo', 'main.ts'), ...demoPorts], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: { ...process.env, DEMO_ADMIN_TOKEN: adminToken },
  });
  // In groups of their own the children do not get Ctrl+C from the terminal: the monitor is stopped first and sees its target to the end.
  let stop = (_signal: NodeJS.Signals): unknown => demo.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  const { frontend, api } = await readyOf(demo);
  addressFile.publish({ frontend, api, adminToken });
  const targets = ['--target', frontend, '--target', `api=${api}`];
  const vigie = spawn(process.execPath, [join(ROOT, 'app', 'main.ts'), 'start', ...targets, ...words], {
    stdio: ['inherit', 'pipe', 'inherit'],
    detached: true,
    env: {
      ...process.env,
      ...companions.environment,
      ...(ports.page === undefined ? {} : { VIGIE_WEB_PORT: String(ports.page) }),
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      VIGIE_SMTP_HOST: '127.0.0.1',
      VIGIE_SMTP_PORT: String(inbox.smtpPort),
      VIGIE_WEBHOOK_URL: inbox.webhookUrl,
      VIGIE_DEMO_ADMIN_TOKEN: adminToken,
    },
  });
  passOn(vigie.stdout, companions);
  stop = (signal) => vigie.kill(signal);
  demo.once('exit', (code, signal) => {
    if (vigie.exitCode === null && vigie.signalCode === null)
      say(`the reference target ended by itself (${signal ?? code}); vigie goes on and will say so`);
  });
  const [code, signal] = await once(vigie, 'exit');
  if (signal !== null) say(`vigie was ended by ${signal}; npm start goes on where it was, and shows the gap`);
  demo.kill('SIGTERM');
  return typeof code === 'number' ? code : 1;
}

function passOn(stdout: NodeJS.ReadableStream, companions: Companions): void {
  createInterface({ input: stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const page = /^page +(http\S+?)\/?$/.exec(line)?.[1];
    if (page === undefined) return;
    companions.startJob(page);
    say('break it:  npm run fault -- emptyBody=true    repair it:  npm run fault -- reset');
  });
}

/** The demo says on stdout when and where it listens. */
async function readyOf(child: ChildProcess): Promise<Addresses> {
  if (child.stdout === null) throw new Error('the reference target has no stdout');
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, 'exit').then(([exit]) =>
    // What is wrong it has said itself.
    Promise.reject(new CannotStart(`the reference target ended with ${exit} before it was ready`)),
  );
  const [line] = await Promise.race([once(lines, 'line'), failed]);
  failed.catch(() => {});
  const message: unknown = JSON.parse(String(line));
  if (typeof message === 'object' && message !== null && 'frontend' in message && 'api' in message)
    return { frontend: String(message.frontend), api: String(message.api) };
  throw new Error(`the reference target said '${line}' instead of where it listens`);
}
