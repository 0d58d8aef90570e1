import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOUR_MS = 60 * 60 * 1000;

/**
 * What earlier set-ups found out, so that this one need not: versions of programs (valid while the file is the same)
 * and what could not be had. It lives in node_modules, so a fresh install starts afresh.
 * @param {string} folder
 * @returns {import('./types.d.mts').Stamp}
 */
export function openStamp(folder) {
  const file = join(folder, '.vigie-tools.json');
  const remembered = read(file);
  let isChanged = false;
  return {
    versions: {
      get: async (path) => {
        const entry = remembered.versions[path];
        return entry?.file === identityOf(path) ? { version: entry.version } : undefined;
      },
      set: async (path, { version }) => {
        if (version === undefined || remembered.versions[path]?.file === identityOf(path)) return;
        remembered.versions[path] = { file: identityOf(path), version };
        isChanged = true;
      },
    },
    failedLately: (tool) => Date.now() - (remembered.failures[tool] ?? 0) < HOUR_MS,
    note: (tool, isThere) => {
      isChanged = true;
      if (isThere) delete remembered.failures[tool];
      else remembered.failures[tool] = Date.now();
    },
    save: () => {
      if (!isChanged) return;
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, JSON.stringify(remembered));
      } catch {
        // A read-only checkout: the next set-up asks the programs again, which is slower and nothing else.
      }
    },
  };
}

/**
 * @param {string} file
 * @returns {{ versions: Record<string, { file: string, version: string }>, failures: Record<string, number> }}
 */
function read(file) {
  try {
    const { versions, failures } = JSON.parse(readFileSync(file, 'utf8'));
    return { versions: { ...versions }, failures: { ...failures } };
  } catch {
    // Not written yet, or cut off half-way: nothing is known.
    return { versions: {}, failures: {} };
  }
}

/** @param {string} path */
function identityOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return `${found?.size} ${found?.mtimeMs} ${found?.ino}`;
}
