import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { specCheck } from '../../app/index.ts';
import { openTrials, passesByItsEvidence, type Row, type Trials, testRows } from './trials.ts';

type Options = Parameters<typeof specCheck>[1];
/** Playwright's own cache, kept from run to run: loading its compiler for each file takes as long as the rest. */
const env = { PLAYWRIGHT_TRANSFORM_CACHE_DIR: join(import.meta.dirname, '..', '..', '.cache', 'playwright-compiled') };
const specs = (options: Options): Row['check'] => specCheck('specs', { folder: 'specs', env, ...options });

const ROWS: readonly (readonly [name: string, options: Options, ends: Row['ends'], says: RegExp])[] = [
  ['no test in the file', { files: ['none'] }, 'nothing-selected', /No tests found/],
  ['no file of that name', { files: ['nowhere'] }, 'nothing-selected', /No tests found/],
  ['no test in the project', { config: 'empty.config.ts' }, 'nothing-selected', /No tests found/],
  ['all skipped', { files: ['skipped'] }, 'nothing-selected', /All 3 tests were skipped/],
  ['grep matches nothing', { files: ['good'], grep: '@smoke' }, 'nothing-selected', /No tests found/],
  ['no project of that name', { projects: ['mian'] }, 'config-invalid', /"mian" not found/],
  ['test.only left over', { files: ['only'] }, 'script-invalid', /focused with '\.only'.*only\.vacuous\.ts/],
  ['nothing asserted', { files: ['silent'] }, 'no-assertion', /saw 0 assertions.*in 2 tests that passed/],
  ['known to fail', { files: ['known'] }, 'no-assertion', /saw 0 assertions.*in 0 tests that passed/],
  ['a failed assertion caught', { files: ['caught'] }, 'no-assertion', /saw 0 assertions/],
  ['an assertion not awaited', { files: ['unawaited'] }, 'script-exception', /write `await`.*does not wait: .*toBe/],
  ['process.exit(0) in a test', { files: ['exits'] }, 'failed', /ends its process|worker process exited/],
];

describe('a spec check does not pass without a test that asserted something', () => {
  let trials: Trials;
  before(async () => {
    trials = await openTrials({ url: 'http://127.0.0.1:1' });
  });
  after(() => trials[Symbol.asyncDispose]());
  testRows(
    ROWS.map(([name, options, ends, says]) => ({ name, check: specs(options), ends, says })),
    () => trials,
  );
  it('is refused before it runs when its folder is not there', async () => {
    const { exit, says } = await trials.end(specCheck('specs', { folder: 'nowhere' }));
    assert.equal(exit, 3);
    assert.match(says, /nowhere/);
  });
  it('passes with one, by each item of its evidence', () => passesByItsEvidence(specs({ files: ['good'] }), trials));
});
