import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseFaultFlag } from './faults/parse.ts';
import { FaultSwitches, InvalidFaultsError } from './faults/switches.ts';
import type { PortChoice } from './server/listen.ts';
import { startDemo } from './start.ts';

type Flags = {
  readonly frontendPort: number;
  readonly apiPort: number;
  readonly host: string;
  readonly adminTokenFile?: string;
  readonly fault: Readonly<Record<string, unknown>>;
  readonly dataFolder?: string;
  readonly accessLog?: string;
};

// Beside a monitor on a small machine memory counts for more than speed: measured 200 MB with these, 255 MB without.
setFlagsFromString('--max-semi-space-size=4');
setFlagsFromString('--optimize-for-size');

// The name of stripTypeScriptTypes is still marked experimental in Node 24; a person who starts the demo need not know.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`demo: ${warning.stack ?? warning.message}\n`);
});

const program = new Command('demo')
  .description('Assistant Auto: the reference target, with fault switches')
  .addOption(new Option('--frontend-port <port>', 'port of the website').default(3000).argParser(parsePort))
  .addOption(new Option('--api-port <port>', 'port of the API').default(5000).argParser(parsePort))
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--admin-token-file <file>', 'file with the token of /admin (or DEMO_ADMIN_TOKEN in the environment)')
  .option('--fault <name=value>', 'turn on a fault switch; may be given several times', collectFault, {})
  .option('--data-folder <folder>', 'where feedback is stored (default: a temporary folder)')
  .option('--access-log <file>', 'write one JSON line for each request to this file');

try {
  await main(program.parse().opts<Flags>());
} catch (error) {
  process.stderr.write(`demo: cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(flags: Flags): Promise<void> {
  const token = findToken(flags.adminTokenFile);
  const demo = await startDemo({
    host: flags.host,
    frontendPort: choosePort('frontendPort', flags.frontendPort),
    apiPort: choosePort('apiPort', flags.apiPort),
    adminToken: token.value,
    faults: flags.fault,
    ocr: 'warm',
    ...(flags.dataFolder === undefined ? {} : { dataFolder: flags.dataFolder }),
    ...(flags.accessLog === undefined ? {} : { accessLogFile: flags.accessLog }),
  }).catch((error: unknown) => {
    token.forget();
    throw error;
  });
  const stop = () => {
    token.forget();
    void demo.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const ready = {
    ready: true,
    frontend: demo.frontendUrl,
    api: demo.apiUrl,
    ...(token.file ? { adminTokenFile: token.file } : {}),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.stderr.write(`Assistant Auto: website ${demo.frontendUrl}, API ${demo.apiUrl}/api/. Stop with Ctrl+C.\n`);
}

/** A port that was asked for must be that port; the usual ones may give way. */
function choosePort(option: 'frontendPort' | 'apiPort', port: number): PortChoice {
  return program.getOptionValueSource(option) === 'default' ? { preferred: port } : port;
}

type Token = { readonly value: string; readonly file?: string; forget(): void };

/** From a file or the environment; else a random one, left in a private file for whoever wants to switch faults. */
function findToken(file: string | undefined): Token {
  const given = file === undefined ? process.env.DEMO_ADMIN_TOKEN : readFileSync(file, 'utf8').trim();
  if (given !== undefined && given.length < 16) {
    const source = file ?? 'DEMO_ADMIN_TOKEN';
    throw new Error(`the admin token from ${source} has ${given.length} characters: give it at least 16`);
  }
  if (given !== undefined) return { value: given, forget() {} };
  const folder = mkdtempSync(join(tmpdir(), 'assistant-auto-admin-'));
  const value = randomBytes(24).toString('base64url');
  writeFileSync(join(folder, 'token'), value, { mode: 0o600 });
  return { value, file: join(folder, 'token'), forget: () => rmSync(folder, { recursive: true, force: true }) };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535; 0 lets the system choose');
}

function collectFault(text: string, earlier: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fault = parseFaultFlag(text);
  try {
    new FaultSwitches().set(fault);
  } catch (error) {
    if (error instanceof InvalidFaultsError) throw new InvalidArgumentError(error.message);
    throw error;
  }
  return { ...earlier, ...fault };
}
