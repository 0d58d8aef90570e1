import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { appendLines, type RotatedFile } from './rotated-file.ts';

/** Takes whole lines of text. */
export type LineSink = { write(line: string): unknown };

export type LogFilesOptions = {
  readonly folder: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Where lines go while the files cannot be written. */
  readonly instead: LineSink;
  /** Size that no file grows beyond. Default 10 MB. */
  readonly sizeBytes?: number;
};

/** Files kept, the one in use included. */
const FILES = 10;
const SIZE_BYTES = 10_000_000;
/** A disk that was full is tried again this long after. */
const RETRY_MS = 30_000;
const CLOSE_WITHIN_MS = 2_000;
/** A disk that hangs must not take the memory of the monitor. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** Lines written at once, and lines handed over in one turn of the event loop. */
const BATCH = 500;

/**
 * Rotated log files, `vigie.log` and the older `vigie.log.1` to `vigie.log.9`, written in the background. A log must never end or hold up what it
 * tells of: when the files cannot be written (a full disk, no permission) lines go elsewhere, in order, and the files are tried again later.
 */
export class LogFiles implements LineSink {
  readonly #options: LogFilesOptions;
  readonly #file: RotatedFile;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #retryAt = Number.NEGATIVE_INFINITY;
  #isOverflowTold = false;

  constructor(options: LogFilesOptions) {
    const { folder, sizeBytes = SIZE_BYTES } = options;
    this.#options = options;
    this.#file = { path: join(folder, 'vigie.log'), sizeBytes, files: FILES };
    process.on('exit', this.#writeAtExit);
  }

  write(text: string): void {
    const { clock, instead } = this.#options;
    if (this.#writing === undefined && clock.monotonic() < this.#retryAt) instead.write(text);
    else if (this.#waitingBytes > WAITING_BYTES) this.#overflow(text);
    else {
      const line = Buffer.from(text);
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
      this.#writing ??= this.#writeAll();
    }
  }

  /** Resolves when every line is in the files, or elsewhere because they did not take it in time. */
  async close(): Promise<void> {
    if (this.#writing !== undefined) {
      const late = Promise.withResolvers<void>();
      const deadline = setTimeout(late.resolve, CLOSE_WITHIN_MS);
      await Promise.race([this.#writing, late.promise]);
      clearTimeout(deadline);
      if (this.#waiting.length > 0) this.#giveAway('the disk does not answer', this.#waiting.length);
    }
    process.off('exit', this.#writeAtExit);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { lines, error } = await appendLines(this.#file, this.#waiting.slice(0, BATCH));
      this.#take(lines);
      if (error !== undefined) await this.#giveUp(messageOf(error));
    }
    this.#writing = undefined;
    this.#isOverflowTold = false;
  }

  /** What waits, and what is added meanwhile, goes elsewhere. */
  async #giveUp(why: string): Promise<void> {
    this.#retryAt = this.#options.clock.monotonic() + RETRY_MS;
    this.#giveAway(why, BATCH);
    while (this.#waiting.length > 0) {
      await nextTurn();
      this.#handOver(BATCH);
    }
  }

  #giveAway(why: string, count: number): void {
    const text = `log files in '${this.#options.folder}' cannot be written: ${why}; lines go here for now`;
    this.#options.instead.write(`${JSON.stringify({ level: 50, error: why, msg: text })}\n`);
    this.#handOver(count);
  }

  #handOver(count: number): void {
    for (const line of this.#take(count)) this.#options.instead.write(line.toString());
  }

  #take(count: number): readonly Buffer[] {
    const taken = this.#waiting.splice(0, count);
    for (const { length } of taken) this.#waitingBytes -= length;
    return taken;
  }

  #overflow(line: string): void {
    if (!this.#isOverflowTold) this.#giveAway('the disk is slower than the lines come', 0);
    this.#isOverflowTold = true;
    this.#options.instead.write(line);
  }

  /** The process is being left at once. A line that was just being written may stand there twice, which is better than not at all. */
  readonly #writeAtExit = (): void => {
    if (this.#waiting.length === 0) return;
    try {
      appendFileSync(this.#file.path, Buffer.concat(this.#waiting));
      this.#take(this.#waiting.length);
    } catch (error) {
      this.#giveAway(messageOf(error), this.#waiting.length);
    }
  };
}
