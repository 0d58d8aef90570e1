// The least Node and how versions are compared. Read by an older Node before anything else of ours: without imports, and
// only in syntax that Node 14 knows, so that it reaches the line that names the version it should be.

/** The first Node whose SQLite is 3.51.3, which the store needs, and whose `node:sqlite` prints no warning. */
export const LEAST_NODE = Object.freeze([24, 15]);

/** @param {string} version @param {readonly number[]} least */
export function isAtLeast(version, least) {
  const numbers = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of least.entries()) {
    const got = numbers[index] || 0;
    if (got !== wanted) return got > wanted;
  }
  return true;
}
