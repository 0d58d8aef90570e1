import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder touches its file every two seconds: one that has not for this long is dead, whatever its pid says. */
const DEAD_AFTER_MS = 20_000;
const POLL_MS = 300;

/**
 * Does `work` while no other set-up does the same. A holder that died is noticed, also after `kill -9`.
 * @template T
 * @param {string} file @param {import('./types.d.mts').Reporter} reporter @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, reporter, work) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${process.pid} ${randomBytes(8).toString('hex')}`;
  let stopWaiting;
  while (!take(file, mine)) {
    stopWaiting ??= reporter.start(`waiting for another set-up (process ${read(file)?.split(' ')[0] ?? 'unknown'})`);
    removeIfDead(file);
    await delay(POLL_MS);
  }
  stopWaiting?.('it is done');
  const beat = setInterval(() => touch(file), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

/** A link appears with its content at once or not at all. @param {string} file @param {string} mine */
function take(file, mine) {
  const own = `${file}.${mine.replace(' ', '-')}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} file */
function removeIfDead(file) {
  const seen = read(file);
  if (seen === undefined || !isDead(file, seen)) return;
  const aside = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(file, aside);
    // Between the look and the move another may have done the same and taken the lock: then it gets it back.
    if (read(aside) !== seen) linkSync(aside, file);
  } catch {
    // ENOENT, EEXIST: another set-up was faster. The loop looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {string} file @param {string} content */
function isDead(file, content) {
  const beatMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - beatMs > DEAD_AFTER_MS || !isRunning(Number(content.split(' ')[0]));
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder was removed under us: `withLock` has nothing left to free.
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Nobody holds it any more.
    return undefined;
  }
}
