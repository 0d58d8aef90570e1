import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export type RunningTool = AsyncDisposable & { readonly url: string; readonly folder: string };

const START_WITHIN_MS = 60_000;

/** Starts Prometheus or a Pushgateway on a free port of this machine, in a temporary folder; killed and removed at the end of the block. */
export async function startPrometheusTool(
  path: string,
  makeArguments: (folder: string) => readonly string[],
): Promise<RunningTool> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-prometheus-'));
  const child = spawn(path, [...makeArguments(folder), '--web.listen-address=127.0.0.1:0'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  const address = await listeningAddress(child).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url: `http://${address}`,
    folder,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listeningAddress(child: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${child.spawnfile} ${why}:\n${said}`));
    const timer = setTimeout(() => fail('did not listen in time'), START_WITHIN_MS);
    child.once('close', () => {
      clearTimeout(timer);
      fail('ended');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /msg="Listening on".* address=(127\.0\.0\.1:[1-9]\d*)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}
