import { sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { realClock } from './real-clock.ts';

export type WatchedFiles = {
  /** Absolute. */
  readonly folder: string;
  /** Absolute folders below it whose files do not count: what we write ourselves. */
  readonly except: readonly string[];
  /** Called once for a burst of changes of source files. */
  readonly changed: () => void;
  readonly log: Log;
};

/** Editors write a file in several steps, and a checkout many files. */
const SETTLE_MS = 300;
const NOT_SOURCE = new Set(['node_modules', '.git']);

/** Watches source files, also those that an editor replaces instead of writing into. Resolves when every change from now on is seen. */
export async function watchFiles({ folder, except, changed, log }: WatchedFiles): Promise<{ close(): Promise<void> }> {
  let cancel = (): void => {};
  const isOurs = (path: string): boolean => except.some((other) => path === other || path.startsWith(`${other}${sep}`));
  const watcher: FSWatcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) =>
      isOurs(path) ||
      NOT_SOURCE.has(path.slice(path.lastIndexOf(sep) + 1)) ||
      (stats?.isFile() === true && !/\.[cm]?[jt]s$/.test(path)),
  });
  const soon = (): void => {
    cancel();
    cancel = realClock.schedule(SETTLE_MS, changed);
  };
  watcher.on('add', soon).on('change', soon).on('unlink', soon);
  watcher.on('error', (error) =>
    log.error({ error: messageOf(error) }, 'changes of files may not be seen any more; SIGHUP still reloads'),
  );
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    async close() {
      cancel();
      await watcher.close();
    },
  };
}
