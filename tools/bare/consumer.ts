import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { isAtLeast, LEAST_NODE } from '../../process/version.mjs';
import { type BareMachine, PROJECT } from './machine.ts';
import { expect, runStep, type Said } from './step.ts';
import { expectVerdict, readDoctor, runsShape } from './verdicts.ts';

/** Somebody else's project on a bare machine: the package is installed, installed again by its lock, and used. */
export async function useAsDependency(machine: BareMachine, tarball: string, signal: AbortSignal): Promise<void> {
  const folder = join(machine.folder, 'consumer', PROJECT);
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: readonly string[], code = 0, env = machine.env.current): Promise<Said> =>
    runStep(
      { what: `consumer: ${command} ${args.map(shorten).join(' ')}`, command, args, cwd: folder, env, code },
      signal,
    );

  await run('npm', ['i', '-D', tarball]);
  rmSync(join(folder, 'node_modules'), { recursive: true });
  await run('npm', ['ci']);
  await refuseOldNode(
    machine,
    (env) => run('npx', ['vigie', 'run'], 3, env),
    await run(machine.oldNode, ['-p', 'process.versions.node']),
  );
  await using site = await openSite();
  await run('npx', ['vigie', 'init', '--url', site.url]);
  const { fixes } = readDoctor('consumer', (await run('npx', ['vigie', 'doctor', '--json'], 2)).stdout);
  const { runs } = runsShape.parse(JSON.parse((await run('npx', ['vigie', 'run', '--json'], 2)).stdout));
  const kinds = runs.map(({ kind }) => kind).sort();
  expect(kinds.join() === 'audit,http,journey,load', 'consumer: vigie run must run all that init wrote', kinds);
  for (const seen of runs) expectVerdict('consumer', seen, fixes);
}

type Env = BareMachine['env']['old'];

/** The machine's own Node, where that is too old: one line that names the version, and exit code 3. */
async function refuseOldNode(machine: BareMachine, run: (env: Env) => Promise<Said>, { stdout }: Said): Promise<void> {
  const version = stdout.trim();
  if (isAtLeast(version, LEAST_NODE)) {
    console.log(
      `bare: consumer: left out, because the Node on PATH is not too old: the line that refuses it (${version})`,
    );
    return;
  }
  const refused = await run(machine.env.old);
  const lines = refused.stderr.trim().split('\n');
  const isRight =
    lines.length === 1 && lines[0]?.includes(`Node ${LEAST_NODE.join('.')}`) && lines[0].includes(version);
  expect(
    isRight === true && refused.stdout === '',
    'consumer: an old Node must get one line that names the version',
    refused,
  );
}

async function openSite(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Shop</h1>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** In the name of a step the file is enough. */
function shorten(word: string): string {
  return word.split('/').at(-1) || word;
}
