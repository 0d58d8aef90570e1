import assert from 'node:assert/strict';
import { it } from 'node:test';
import { missingStrace } from './failing-disk.ts';
import { killMigrations } from './killed-migration.ts';

/** Every so many calls; the soak takes each of all sorts. */
const STRIDES = new Map([
  ['pwrite64', 60],
  ['fsync,fdatasync', 4],
  ['unlink', 3],
  ['rename', 1],
] as const);

it('a migration that is killed leaves the old schema or the new one, and the next start completes it with every row', {
  skip: missingStrace ?? false,
  timeout: 300_000,
}, async (test) => {
  const outcomes = await killMigrations(STRIDES);
  for (const { what, times, figure } of outcomes) test.diagnostic(`${what}, ${times} x: ${figure}`);
  assert.deepEqual(
    outcomes.flatMap(({ problems }) => problems),
    [],
  );
});
