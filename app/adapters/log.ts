import pino from 'pino';
import type { Log, LogFields } from '../../core/log.ts';
import { LogFiles } from './log-files.ts';
import { realClock } from './real-clock.ts';

export type LogOptions = {
  /** Folder for rotated files (10 MB, 10 kept); absent: only the console. */
  readonly folder?: string;
  readonly level: string;
  /** Removes secrets from everything that is logged. */
  readonly scrub: (text: string) => string;
};

/** JSON logging by pino: to stderr, and rotated files when a folder is given. Every line is scrubbed whole, so no field can be forgotten. */
export function openLog(options: LogOptions): Log & { close(): Promise<void> } {
  const console = openConsole();
  const files =
    options.folder === undefined
      ? undefined
      : new LogFiles({ folder: options.folder, clock: realClock, instead: console });
  const destination = files ?? console;
  const scrubbed = { write: (line: string) => destination.write(options.scrub(line)) };
  const logger = pino(
    { level: levelOf(options.level), base: null, timestamp: pino.stdTimeFunctions.isoTime },
    scrubbed,
  );
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) =>
    logger[level](fields, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    close: async () => files?.close(),
  };
}

function openConsole(): { write(line: string): unknown } {
  const console = pino.destination(2);
  // A terminal that is gone must not end what goes on without it.
  console.on('error', () => {});
  return console;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** A mistyped VIGIE_LOG_LEVEL must not keep a monitor from starting. */
function levelOf(level: string): string {
  return LEVELS.includes(level) ? level : 'info';
}
