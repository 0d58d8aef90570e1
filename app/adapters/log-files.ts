import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';

/** Takes whole lines of text. */
export type LineSink = { write(line: string): unknown };

export type LogFilesOptions = {
  readonly folder: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Where lines go while the files cannot be written. */
  readonly instead: LineSink;
  /** Size at which the next file is begun. Default `10m`. */
  readonly size?: string;
};

/** Files kept, the one in use included. */
const FILES = 10;
/** A disk that was full is tried again this long after. */
const REOPEN_MS = 30_000;
const CLOSE_WITHIN_MS = 2_000;

type Files = ReturnType<typeof pino.transport>;

/**
 * Rotated log files, written by a thread of their own. A log must never end what it tells of: when the files cannot be written
 * (a full disk, no permission) lines go elsewhere, and the files are tried again later.
 */
export function openLogFiles(options: LogFilesOptions): LineSink & { close(): Promise<void> } {
  const { clock, instead } = options;
  let files: Files | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;

  function giveUp(error: unknown): void {
    files = undefined;
    const text = `log files in '${options.folder}' cannot be written: ${messageOf(error)}; lines go here for now`;
    instead.write(`${JSON.stringify({ level: 50, error: messageOf(error), msg: text })}\n`);
  }

  function open(): Files | undefined {
    if (clock.monotonic() - triedAt < REOPEN_MS) return undefined;
    triedAt = clock.monotonic();
    try {
      const opened = startFiles(options);
      opened.on('error', (error) => {
        if (files === opened) giveUp(error);
      });
      return opened;
    } catch (error) {
      giveUp(error);
      return undefined;
    }
  }

  return {
    write(line) {
      files ??= open();
      if (files === undefined) return instead.write(line);
      try {
        return files.write(line);
      } catch (error) {
        // The thread has ended and its error event is on its way.
        giveUp(error);
        return instead.write(line);
      }
    },
    async close() {
      const open = files;
      if (open === undefined) return;
      const tooLong = new AbortController();
      // The thread does not hold the process; this timer does, so that it cannot end before its last lines are written.
      const deadline = setTimeout(() => tooLong.abort(), CLOSE_WITHIN_MS);
      const closed = once(open, 'close', { signal: tooLong.signal });
      open.end();
      // Lines that a broken disk does not take are lost; the process must end all the same.
      await closed.catch(() => undefined);
      clearTimeout(deadline);
    },
  };
}

function startFiles({ folder, size = '10m' }: LogFilesOptions): Files {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const limit = { count: FILES - 1, removeOtherLogFiles: true };
  return pino.transport({
    target: 'pino-roll',
    options: { file: join(folder, 'vigie'), extension: '.log', size, limit, mkdir: true },
    // It only passes lines on.
    worker: { resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } },
  });
}
