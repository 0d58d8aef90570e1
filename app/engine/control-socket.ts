import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { messageOf, VigieError } from '../../core/errors.ts';
import { ID_PATTERN } from '../../core/identifiers.ts';
import type { Log } from '../../core/log.ts';
import { type Run, VERDICT_STATUSES } from '../../core/run.ts';
import { openTempRoot } from '../../process/temp-root.ts';

const answerShape = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
type Answer = z.infer<typeof answerShape>;

/** A run with the observations of an audit is about a megabyte. */
const LONGEST_RUN_BYTES = 32 * 1_048_576;
const LONGEST_SILENCE_MS = 30_000;
const NEWLINE = 0x0a;

/** Where the living holder of a data folder listens. Not in the data folder: the path of a Unix socket may have only about 100 bytes. */
export function controlPath(dataFolder: string): string {
  return join(openTempRoot(), `daemon-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.sock`);
}

/** Takes runs of commands beside the one that holds the data folder, one for each connection. Only this user can connect (mode 0600 in a folder of mode 0700). */
export async function serveControl(
  path: string,
  record: (run: Run) => Promise<void>,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const answering = new Set<Promise<void>>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', (error) => log.debug({ error: error.message }, 'a control connection broke'));
    socket.setTimeout(LONGEST_SILENCE_MS, () => socket.destroy());
    readLine(socket, (line) => {
      const answered = answer(line, record).then((text) => void socket.end(`${JSON.stringify(text)}\n`));
      answering.add(answered);
      void answered.finally(() => answering.delete(answered));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Whoever waits for a commit shall hear of it.
      await Promise.all(answering);
      for (const socket of open) socket.destroySoon();
      await closed;
    },
  };
}

/** Calls `take` with the first line, or with undefined when it is longer than a run can be. */
function readLine(socket: Socket, take: (line: string | undefined) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  const onData = (part: Buffer): void => {
    parts.push(part);
    size += part.length;
    const isTooLong = size > LONGEST_RUN_BYTES;
    if (!isTooLong && !part.includes(NEWLINE)) return;
    socket.off('data', onData);
    socket.resume();
    const all = Buffer.concat(parts);
    take(isTooLong ? undefined : all.subarray(0, all.indexOf(NEWLINE)).toString('utf8'));
  };
  socket.on('data', onData);
}

async function answer(line: string | undefined, record: (run: Run) => Promise<void>): Promise<Answer> {
  try {
    if (line === undefined) throw new Error(`a run may have ${LONGEST_RUN_BYTES} bytes at most`);
    await record(readRun(line));
    return { ok: true };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

const runShape = z
  .object({
    id: z.string().regex(/^\d{17}-[0-9a-f]{8,}$/),
    check: z.string().regex(ID_PATTERN),
    kind: z.string(),
    location: z.string(),
    environment: z.string(),
    trigger: z.enum(['manual', 'gate']),
    verdict: z.looseObject({ status: z.enum(VERDICT_STATUSES) }),
    attempts: z.array(z.looseObject({ observation: z.looseObject({}) })).min(1),
    budgets: z.array(z.unknown()),
    taints: z.array(z.string()),
    producedBy: z.looseObject({}),
    startedAt: z.number(),
    finishedAt: z.number(),
  })
  .loose();

/** The other side is a command of the same user and version; its shape is checked as far as a mistake would do harm. */
function readRun(line: string): Run {
  const value: unknown = JSON.parse(line);
  const { success, error } = runShape.safeParse(value);
  if (!success) throw new Error(`this is no run: ${z.prettifyError(error)}`);
  return value as Run;
}

const ANSWER_WITHIN_MS = 10_000;
const NOBODY = ['ENOENT', 'ECONNREFUSED'];

/** Hands a run to the holder of the data folder, which answers after the commit. Throws `nobody-listens` or `hand-over-failed`. */
export async function handOver(path: string, run: Run): Promise<void> {
  const result = await ask(path, `${JSON.stringify(run)}\n`).catch((error: unknown) => {
    throw new VigieError(codeOf(error), `the running daemon did not take the run: ${messageOf(error)}`, {
      cause: error,
      hint: 'the result above stands; it is not in the history',
    });
  });
  if (!result.ok) throw new VigieError('hand-over-failed', `the running daemon refused the run: ${result.message}`);
}

async function ask(path: string, line: string): Promise<Answer> {
  const socket = createConnection(path);
  try {
    const text = await new Promise<string>((resolve, reject) => {
      socket.setTimeout(ANSWER_WITHIN_MS, () => reject(new Error('no answer in time')));
      socket.once('error', reject);
      createInterface({ input: socket }).on('error', reject).once('line', resolve);
      socket.once('close', () => reject(new Error('the connection was closed without an answer')));
      socket.write(line);
    });
    return answerShape.parse(JSON.parse(text));
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): 'nobody-listens' | 'hand-over-failed' {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return NOBODY.includes(code) ? 'nobody-listens' : 'hand-over-failed';
}
