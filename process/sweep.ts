import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from './group.ts';
import { readGroupRecords } from './group-record.ts';
import { killMarked, ownerOfMark } from './marked.ts';
import { type Owner, ownerFromText, ownerState, startOf } from './owner.ts';
import { FOLDER_PREFIX, OWNER_FILE, removeFolder } from './temp-folder.ts';
import { openTempRoot } from './temp-root.ts';

/** What a sweep found and removed. */
export type Swept = {
  readonly folders: readonly string[];
  readonly groups: readonly number[];
  readonly processes: readonly number[];
};

/** Folders whose owner cannot be known (another container, an earlier boot, no marker) are left alone this long. */
const UNKNOWN_OWNER_MS = 24 * 60 * 60 * 1000;

/**
 * Ends the processes and removes the temp folders that a killed Vigie left behind. Call it once at start-up.
 * It touches nothing whose owner lives: an owner is a pid with its start time, so a reused pid is not mistaken for it.
 */
export async function sweepOrphans(nowMs: number, root: string = openTempRoot()): Promise<Swept> {
  const orphans = orphanFolders(nowMs, root);
  const groups: number[] = [];
  for (const folder of orphans) groups.push(...(await killRecordedGroups(folder)));
  // After the groups: this finds what had left its group, or was started just before its owner died.
  const processes = await killMarked((mark) => isDead(ownerOfMark(mark)));
  const folders: string[] = [];
  for (const folder of orphans) {
    if (await removeFolder(folder)) folders.push(folder);
  }
  return { folders, groups, processes };
}

function isDead(owner: Owner | undefined): boolean {
  return owner !== undefined && ownerState(owner) === 'dead';
}

function orphanFolders(nowMs: number, root: string): readonly string[] {
  const names = readdirSync(root).filter((name) => name.startsWith(FOLDER_PREFIX));
  return names.map((name) => join(root, name)).filter((folder) => isOrphan(folder, nowMs));
}

function isOrphan(folder: string, nowMs: number): boolean {
  const owner = readOwner(folder);
  switch (owner === undefined ? 'unknown' : ownerState(owner)) {
    case 'alive':
      return false;
    case 'dead':
      return true;
    case 'unknown': {
      const changedMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
      return changedMs !== undefined && nowMs - changedMs > UNKNOWN_OWNER_MS;
    }
  }
}

function readOwner(folder: string): Owner | undefined {
  try {
    return ownerFromText(readFileSync(join(folder, OWNER_FILE), 'utf8'));
  } catch {
    // Killed between making the folder and its marker, or another sweep was faster: the owner is unknown.
    return undefined;
  }
}

/** A group number may have been given away again since: only a leader with the noted start time proves that it was not. */
async function killRecordedGroups(folder: string): Promise<readonly number[]> {
  const killed: number[] = [];
  for (const { group, leaderStartedAt } of readGroupRecords(folder)) {
    if (startOf(group) !== leaderStartedAt) continue;
    await killGroup(group);
    killed.push(group);
  }
  return killed;
}
