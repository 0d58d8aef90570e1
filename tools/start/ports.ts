import { once } from 'node:events';
import { createServer } from 'node:net';
import { findPortHolder } from './port-holder.ts';

export type Ports = { readonly page: number | undefined; readonly frontend: number; readonly api: number };

type Wanted = { readonly what: string; readonly variable: string; readonly port: number };
type Environment = Readonly<Record<string, string | undefined>>;

const HOST = '127.0.0.1';
/** Those of `vigie.config.ts` and of the demo. */
const STANDARD = { page: 9464, frontend: 3000, api: 5000 };

/** Something that stands in the way of a start: told in these words, without a stack, with exit code 3. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/**
 * The ports that are asked for, when they are free; else throws a CannotStart that names all that are not. With a configuration of the user's
 * own its page is not ours to know.
 */
export async function findPorts(env: Environment, hasOwnConfig: boolean): Promise<Ports> {
  const page = { what: 'the page', variable: 'VIGIE_WEB_PORT', port: readPort(env, 'VIGIE_WEB_PORT', STANDARD.page) };
  const frontend = wantedOf(env, 'the shop', 'VIGIE_DEMO_FRONTEND_PORT', STANDARD.frontend);
  const api = wantedOf(env, "the shop's API", 'VIGIE_DEMO_API_PORT', STANDARD.api);
  const wanted = [...(hasOwnConfig ? [] : [page]), frontend, api];
  refuseTwice(wanted);
  const problems = (await Promise.all(wanted.map(whyNot))).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new CannotStart(problems.join('\n'));
  return { page: hasOwnConfig ? undefined : page.port, frontend: frontend.port, api: api.port };
}

function wantedOf(env: Environment, what: string, variable: string, standard: number): Wanted {
  return { what, variable, port: readPort(env, variable, standard) };
}

function readPort(env: Environment, variable: string, standard: number): number {
  const text = env[variable] ?? '';
  if (text === '') return standard;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new CannotStart(`${variable} is '${text}'; a port is a whole number from 0 to 65535, 0 for any that is free`);
}

function refuseTwice(wanted: readonly Wanted[]): void {
  for (const [index, { port, variable, what }] of wanted.entries()) {
    const other = wanted.slice(0, index).find((earlier) => earlier.port === port && port !== 0);
    if (other === undefined) continue;
    throw new CannotStart(
      `port ${port} is asked for twice: for ${other.what} (${other.variable}), ${what} (${variable})`,
    );
  }
}

async function whyNot({ what, variable, port }: Wanted): Promise<string | undefined> {
  if (port === 0) return undefined;
  const errno = await tryPort(port);
  if (errno === undefined) return undefined;
  return `port ${port} on ${HOST}, for ${what}, ${reasonOf(errno, port)}\n  for another port: ${variable}=<port> npm start (0: any that is free)`;
}

function reasonOf(errno: string, port: number): string {
  if (errno !== 'EADDRINUSE') return `cannot be used: ${errno}`;
  const holder = findPortHolder(port);
  return holder === undefined
    ? 'is held by another program; which one cannot be seen from here'
    : `is held by process ${holder.pid}: ${holder.command}`;
}

async function tryPort(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
