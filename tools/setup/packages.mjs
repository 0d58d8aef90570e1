import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether node_modules is what the lock says. @param {string} root */
export async function packagesAreCurrent(root) {
  const [hash, file] = readStamp(root);
  // The same file as when it was hashed: hashing it again, and loading what hashes, would tell nothing new.
  if (hash !== undefined && file === identityOfLock(root)) return true;
  if (hash !== (await hashOfLock(root)) && !isInstalledByHand(root)) return false;
  await markPackagesCurrent(root).catch(() => {
    // A read-only checkout: the next set-up hashes the lock again, which is slower and nothing else.
  });
  return true;
}

/** Written after all is there: an install that was cut off half-way is done again. @param {string} root */
export async function markPackagesCurrent(root) {
  // In this order: a lock that changes in between is hashed again next time.
  const file = identityOfLock(root);
  writeFileSync(stampFile(root), `${await hashOfLock(root)} ${file}`);
}

/**
 * Somebody ran `npm ci` or `npm install` without us: npm leaves a list of what it put there. If that is what the lock
 * says, installing again would only pull the packages away from under whatever uses them.
 * @param {string} root
 */
function isInstalledByHand(root) {
  const wanted = readPackages(lockFile(root));
  const there = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || there === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, extraneous, link }]) => {
    if (path === '' || link) return true;
    const found = there[path];
    return found === undefined ? optional === true || extraneous === true : found.version === version;
  });
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, extraneous?: boolean, link?: boolean }> | undefined} */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    // Never installed, or cut off half-way: npm writes the list last.
    return undefined;
  }
}

/** @param {string} root */
async function hashOfLock(root) {
  const { createHash } = await import('node:crypto');
  return createHash('sha256')
    .update(readFileSync(lockFile(root)))
    .digest('hex');
}

/** @param {string} root */
function identityOfLock(root) {
  const { size, mtimeMs, ino } = statSync(lockFile(root));
  return `${size}:${mtimeMs}:${ino}`;
}

/** @param {string} root @returns {readonly string[]} hash and identity of the lock that was installed */
function readStamp(root) {
  try {
    return readFileSync(stampFile(root), 'utf8').split(' ');
  } catch {
    // Never installed by set-up, or cut off: not current.
    return [];
  }
}

/** @param {string} root */
function lockFile(root) {
  return join(root, 'package-lock.json');
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.vigie-setup');
}
