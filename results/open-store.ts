import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { VigieError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Store } from '../core/store.ts';
import { BACKUP_FOLDER, DATABASE_FILE } from './data-folder.ts';
import { judgeFileSystem } from './file-system.ts';
import { lockFolder, openFolder } from './folder-lock.ts';
import type { Recovery } from './protocol.ts';
import { ThreadStore } from './thread-store.ts';

export type StoreOptions = {
  /** Absolute path of the data folder; made when missing. Local file system. */
  readonly folder: string;
  readonly log: Log;
  /** Stamps the lock and the last commit. */
  readonly clock: Pick<Clock, 'now'>;
  /** What this process is, for whoever finds the folder taken. Default the words it was started with. */
  readonly command?: string;
  /** Milliseconds between two transactions while commits keep coming; the first after a pause is written at once. Default 50, 0 to 1,000. */
  readonly gatherMs?: number;
  /** Commits that may wait to be written; more are refused with `store-full`. Default 10,000. */
  readonly mostQueued?: number;
  /** Takes a network file system with a warning instead of refusing it. SQLite's locks are not reliable there. Default false. */
  readonly allowNetworkFolder?: boolean;
  /** Called when a damaged database was moved aside and a fresh one started, at open or later. For a loud self-alert. */
  readonly onRecovered?: (recovery: Recovery) => void;
};

export type OpenedStore = Store & {
  /** The last time that a damaged database had to be moved aside in the life of this store. */
  readonly recovered: Recovery | undefined;
};

/**
 * Takes the data folder and opens its store. Throws a VigieError: `data-folder-unusable`, `data-folder-locked`, `data-folder-network`, `schema-newer`,
 * `migration-failed`, `store-open-failed`. Damage does not throw: see `recovered`.
 */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { folder, clock } = options;
  openFolder(folder);
  refuseNetwork(options);
  const command = options.command ?? process.argv.slice(1).join(' ');
  const lock = lockFolder(folder, { pid: process.pid, command, since: clock.now() });
  const settings = { file: join(folder, DATABASE_FILE), backupFolder: join(folder, BACKUP_FOLDER) };
  const store = new ThreadStore(settings, options, lock);
  try {
    await store.start();
    return store;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function refuseNetwork({ folder, log, allowNetworkFolder = false }: StoreOptions): void {
  const judgement = judgeFileSystem(folder);
  if (judgement.fit === 'good') return;
  const problem = `The data folder '${folder}' is on a ${judgement.name} file system, where SQLite's locks and fsync are not reliable`;
  if (judgement.fit === 'network' && !allowNetworkFolder) {
    throw new VigieError('data-folder-network', problem, { hint: 'Choose a folder on a local disk.' });
  }
  log.warn({ folder, fileSystem: judgement.name }, `${problem}: history may be lost`);
}
