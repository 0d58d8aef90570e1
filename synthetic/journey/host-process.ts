import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { extname, join } from 'node:path';
import { cut } from '../../core/cut.ts';
import { messageOf } from '../../core/errors.ts';
import { allowEnvironment } from '../../process/environment.ts';
import { killGroup } from '../../process/group.ts';
import { recordGroup } from '../../process/group-record.ts';
import { holdGroup } from '../../process/living-groups.ts';
import { killMarked, MARK_VARIABLE, makeMark } from '../../process/marked.ts';
import { offerFirst } from '../../process/oom-score.ts';
import { capOutput } from '../../process/output.ts';
import { thisOwner } from '../../process/owner.ts';
import { groupOf, livingMembers, readKernelUnits } from '../../process/proc.ts';
import { type FromHost, fromHost, type ToHost } from './protocol.ts';

/** How the process of a host ended. */
export type HostExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const OUTPUT_CAP_BYTES = 256 * 1024;
/** More output than this closes the pipe: reading a flood would cost the engine what it costs the journey. */
const FLOOD_BYTES = 4 * 1024 * 1024;
const HEAP_MEBIBYTES = 1_024;
const CLOSE_MS = 2_000;

/** NODE_COMPILE_CACHE: where it is set, a host starts with two thirds of the CPU in its own process. */
const PASSED_ON = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'FONTCONFIG_PATH',
];

/** The same file extension as this file: `.ts` in the repository, `.js` in the package. */
const PROGRAM = join(import.meta.dirname, 'host', `main${extname(import.meta.filename)}`);

/**
 * The engine's end of a journey host: a child process in its own group, with a message channel. It carries no opinion;
 * whoever drives it decides when it has to go, and `kill` then leaves nothing of it.
 */
export class HostProcess {
  readonly exited: Promise<HostExit>;
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #folder: string;
  readonly #groups = new Set<number>();
  readonly #forget: (() => void)[] = [];
  readonly #output = { kept: capOutput(OUTPUT_CAP_BYTES), seenBytes: 0, flooded: false };
  #onMessage: (message: FromHost) => void = () => undefined;
  #exit: HostExit | undefined;

  /** `folder` becomes the temp folder of the host and its browser, so that both leave nothing outside of it. */
  static start(folder: string): Promise<HostProcess> {
    const mark = makeMark(thisOwner(), randomBytes(8).toString('hex'));
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEBIBYTES}`, PROGRAM], {
      cwd: folder,
      env: hostEnvironment(folder, mark),
      detached: true,
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => {
        offerFirst(child.pid);
        resolve(new HostProcess(child, mark, folder));
      });
    });
  }

  private constructor(child: ChildProcess, mark: string, folder: string) {
    this.#child = child;
    this.#mark = mark;
    this.#folder = folder;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    this.#hold(child.pid);
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.on('message', (raw) => this.#receive(raw));
    // A message to a host that died in the meantime; that it died is told by `exited`.
    child.on('error', () => undefined);
  }

  get isAlive(): boolean {
    return this.#exit === undefined && this.#child.connected;
  }

  get flooded(): boolean {
    return this.#output.flooded;
  }

  /** Forgets the output so far: what follows is that of the next run. */
  beginOutput(): void {
    this.#output.kept = capOutput(OUTPUT_CAP_BYTES);
  }

  /** Standard output and error of the host since then, capped. */
  output(): { readonly text: string; readonly truncated: boolean } {
    const { text, truncated } = this.#output.kept.finish();
    return { text, truncated: truncated || this.#output.flooded };
  }

  send(message: ToHost): void {
    if (this.isAlive) this.#child.send(message);
  }

  /** One listener at a time: a host does one thing at a time. */
  listen(onMessage: (message: FromHost) => void): void {
    this.#onMessage = onMessage;
  }

  /** Memory of host and browser together; `undefined` where the system does not tell. Shared pages count several times. */
  async rssBytes(): Promise<number | undefined> {
    if (process.platform !== 'linux') return undefined;
    const members = (await Promise.all([...this.#groups].map(livingMembers))).flat();
    return members.reduce((sum, { rssPages }) => sum + rssPages, 0) * readKernelUnits().pageBytes;
  }

  /** Asks the host to leave, and makes it when it does not. */
  async close(): Promise<void> {
    this.send({ type: 'close' });
    const timer = Promise.withResolvers<void>();
    const handle = setTimeout(timer.resolve, CLOSE_MS);
    await Promise.race([this.exited, timer.promise]);
    clearTimeout(handle);
    await this.kill();
  }

  /** Ends the host, its browser and whatever a journey started, and waits until they are gone. */
  async kill(): Promise<void> {
    await Promise.all([...this.#groups].map(killGroup));
    await killMarked((mark) => mark === this.#mark);
    for (const forget of this.#forget.splice(0)) forget();
  }

  /** Playwright puts the browser into a group of its own, which has to go with the host. */
  #hold(group: number | undefined): void {
    if (group === undefined) return;
    this.#groups.add(group);
    this.#forget.push(holdGroup(group), recordGroup(this.#folder, group));
  }

  #receive(raw: unknown): void {
    const parsed = fromHost.safeParse(raw);
    if (!parsed.success) {
      process.emitWarning(`a journey host sent something that is no message: ${cut(messageOf(parsed.error), 500)}`);
      return;
    }
    if (parsed.data.type === 'launched' && parsed.data.browserPid !== undefined)
      this.#hold(groupOf(parsed.data.browserPid));
    this.#onMessage(parsed.data);
  }

  #read(chunk: Buffer): void {
    this.#output.seenBytes += chunk.length;
    this.#output.kept.add(chunk);
    if (this.#output.seenBytes < FLOOD_BYTES) return;
    this.#output.flooded = true;
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }
}

/** Nothing of the engine's environment but what a browser needs: no secrets, no credentials of the machine. */
function hostEnvironment(folder: string, mark: string): Readonly<Record<string, string>> {
  // macOS allows sockets only in short paths, and its own temp folder is private already.
  const temp = process.platform === 'linux' ? { TMPDIR: folder } : {};
  return allowEnvironment(PASSED_ON, { ...temp, [MARK_VARIABLE]: mark });
}
