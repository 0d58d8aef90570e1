import { runCli } from '../../app/cli.ts';
import { closedPort, serveHttp } from '../../synthetic/net/testing/servers.ts';
import { type Ended, makeWorkspace, vigie, type Workspace } from '../e2e/vigie-process.ts';

/** Answers after so long, with this. */
export type Pace = { readonly delayMs: number; readonly body?: string };

/** More than any of them may take; a machine that is busy needs seconds to start one. */
const GATE_WITHIN_MS = 240_000;

/** A workspace with one check of a page, and deployments that answer at their own pace. */
export type Gates = AsyncDisposable & {
  readonly workspace: Workspace;
  serve(next: () => Pace): Promise<string>;
  /** Each in a folder of its own: what is written there is read by later gates. Within this process, as many at a time as one likes. */
  gate(target: string, ...more: readonly string[]): Promise<Ended>;
  /** Any command, in a process of its own. */
  type(args: readonly string[]): Promise<Ended>;
};

export async function openGates(): Promise<Gates> {
  const stack = new AsyncDisposableStack();
  const workspace = stack.use(makeWorkspace());
  workspace.config(`{
    target: { name: 'shop', url: 'http://127.0.0.1:${await closedPort()}', environment: 'test' },
    settings: { web: { port: 0 } },
    checks: [v.httpCheck('page', { every: '1m', url: '/', expect: { status: 200, body: { contains: 'hello' } }, budgets: { total: { fail: '<= 1s' } } })],
  }`);
  let outs = 0;
  stack.use(workIn(workspace.folder));
  const type = (args: readonly string[]): Promise<Ended> => vigie(workspace.folder, args, {}, GATE_WITHIN_MS);
  return {
    workspace,
    async serve(next) {
      const server = await serveHttp((_request, response) => {
        const { delayMs, body = 'hello' } = next();
        setTimeout(() => response.end(body), delayMs);
      });
      stack.use(server);
      return `http://127.0.0.1:${server.port}`;
    },
    gate(target, ...more) {
      outs += 1;
      const within = ['--max-duration', '45s', '--even-unfit', '--out', `out-${outs}`];
      return runHere(['gate', '--target', target, ...within, ...more]);
    },
    type,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Every gate of a file is of the same folder, so that, unlike with `vigieHere`, none has to wait for the one before it. */
function workIn(folder: string): Disposable {
  const earlier = { folder: process.cwd(), env: { ...process.env } };
  process.chdir(folder);
  Object.assign(process.env, { NO_COLOR: '1', CI: '1' });
  return {
    [Symbol.dispose]() {
      process.chdir(earlier.folder);
      for (const name of ['NO_COLOR', 'CI'])
        if (earlier.env[name] === undefined) delete process.env[name];
        else process.env[name] = earlier.env[name];
    },
  };
}

async function runHere(args: readonly string[]): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (texts.stdout += text) },
    stderr: { write: (text: string) => (texts.stderr += text) },
  };
  return { code: await runCli(args, streams), signal: null, ...texts };
}
