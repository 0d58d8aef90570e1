import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listPids } from '../../process/proc.ts';

export type PrivateFolder = {
  readonly path: string;
  /** Removes it, ends what still runs with it as its temporary folder, and tells the commands of what it ended. */
  readonly close: () => Promise<readonly string[]>;
};

/** What was told to end may take a moment: a browser's helpers go after it. */
const GRACE_MS = 3_000;
const LOOK_MS = 100;

/**
 * A temporary folder for one test file. The lock of the machine lives in the temporary folder, so that files which need
 * it do not wait for each other, and what a file leaves behind can be told.
 */
export function openPrivateFolder(): PrivateFolder {
  // Short: Chromium and daemons put sockets in it, whose paths may have about a hundred characters.
  const path = mkdtempSync(join(tmpdir(), 'v'));
  // Like the folder it stands for: some tests run programs as another user.
  chmodSync(path, 0o1777);
  return { path, close: () => close(path) };
}

async function close(path: string): Promise<readonly string[]> {
  const until = Date.now() + GRACE_MS;
  let left = await findLeft(path);
  while (left.length > 0 && Date.now() < until) {
    await delay(LOOK_MS);
    left = await findLeft(path);
  }
  for (const { pid } of left) endNow(pid);
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return left.map(({ command }) => command);
}

type Left = { readonly pid: number; readonly command: string };

/** Processes that were started with this folder, or one inside it, as theirs; none where there is no `/proc`. */
async function findLeft(path: string): Promise<readonly Left[]> {
  const found = await Promise.all((await listPids()).map((pid) => readLeft(pid, path)));
  return found.filter((one) => one !== undefined);
}

async function readLeft(pid: number, path: string): Promise<Left | undefined> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    if (!`\0${environment}`.includes(`\0TMPDIR=${path}`)) return undefined;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim();
    // Without a command line it is a zombie, which holds nothing.
    return command === '' ? undefined : { pid, command };
  } catch {
    // Gone by now, or another user's.
    return undefined;
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by now.
  }
}
