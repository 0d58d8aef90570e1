import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { VigieError } from '../../core/errors.ts';
import { openSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-secrets-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'mounted'), 'from-the-file\n');

const named = (secret: string) => ({ secret, from: 'environment' }) as const;
const secrets = openSecrets({
  folder,
  environment: { PLAIN: 'from-the-environment', POINTED_FILE: 'mounted', SHORT: 'abc', BLANK: '      ', EMPTY: '' },
});

describe('a secret', () => {
  it('comes from the environment, from the file that a variable names, or from a file, without its last line break', () => {
    assert.equal(secrets.resolve(named('PLAIN')), 'from-the-environment');
    assert.equal(secrets.resolve(named('POINTED')), 'from-the-file');
    assert.equal(secrets.resolve({ secret: 'mounted', from: 'file' }), 'from-the-file');
  });
  it('is removed from texts from its first use on', () => {
    const fresh = openSecrets({ folder, environment: { PLAIN: 'from-the-environment' } });
    assert.equal(fresh.scrub('from-the-environment'), 'from-the-environment');
    fresh.resolve(named('PLAIN'));
    assert.equal(fresh.scrub('a from-the-environment b'), 'a [secret PLAIN] b');
    assert.equal(String(fresh.scrubBytes(Buffer.from('from-the-environment'))), '[secret PLAIN]');
  });
  for (const [name, why] of [
    ['NOT_SET', /'NOT_SET' is not set/],
    ['EMPTY', /'EMPTY' is not set/],
    ['SHORT', /fewer than 4 characters/],
    ['BLANK', /fewer than 4 characters/],
  ] as const)
    it(`that is no use says so by its name: ${name}`, () => {
      const isMissing = (error: unknown): boolean =>
        error instanceof VigieError &&
        error.code === 'secret-missing' &&
        why.test(error.message) &&
        error.hint !== undefined;
      assert.throws(() => secrets.resolve(named(name)), isMissing);
    });
  it('whose file cannot be read says so, and is asked for again later', () => {
    const ref = { secret: 'later', from: 'file' } as const;
    assert.throws(() => secrets.resolve(ref), /'later' cannot be read: ENOENT/);
    writeFileSync(join(folder, 'later'), 'now it is there');
    assert.equal(secrets.resolve(ref), 'now it is there');
  });
  it('that was replaced often is removed in its last eight values, also by whoever removes for himself', () => {
    const file = join(folder, 'hourly');
    const ref = { secret: 'hourly', from: 'file' } as const;
    const rotating = openSecrets({ folder, environment: {} });
    const values = Array.from({ length: 12 }, (_, hour) => `value-of-hour-${hour}.`);
    for (const value of values) {
      writeFileSync(file, value);
      rotating.refresh();
      rotating.resolve(ref);
    }
    assert.deepEqual(
      [...rotating.known()],
      values.slice(-8).map((value) => ['file:hourly', value]),
    );
    for (const value of values.slice(-8)) assert.equal(rotating.scrub(value), '[secret file:hourly]');
    writeFileSync(file, values[5] ?? '');
    rotating.refresh();
    rotating.resolve(ref);
    assert.deepEqual(
      [...rotating.known()].map(([, value]) => value),
      [values[4], ...values.slice(6), values[5]],
    );
  });
  it('that was replaced is read afresh after a reload, and both values are removed', () => {
    const file = join(folder, 'rotated');
    const ref = { secret: 'rotated', from: 'file' } as const;
    writeFileSync(file, 'the-old-value');
    const rotating = openSecrets({ folder, environment: {} });
    rotating.resolve(ref);
    writeFileSync(file, 'the-new-value');
    assert.equal(rotating.resolve(ref), 'the-old-value');
    rotating.refresh();
    assert.equal(rotating.resolve(ref), 'the-new-value');
    assert.equal(rotating.scrub('the-old-value the-new-value'), '[secret file:rotated] [secret file:rotated]');
  });
});
