import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostTroubleIn, hostTroubleOf } from './host-trouble.ts';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

it('knows what speaks of this machine, also inside what Node wraps around it', () => {
  assert.equal(hostTroubleOf(coded('EMFILE')), 'host-descriptors');
  assert.equal(hostTroubleOf(coded('ERR_SYSTEM_ERROR', { info: { code: 'EMFILE' } })), 'host-descriptors');
  assert.equal(hostTroubleOf(coded('EAGAIN')), 'host-processes');
  assert.equal(hostTroubleOf(coded('ENOMEM')), 'host-memory');
  assert.equal(hostTroubleOf(coded('ENOSPC')), 'host-disk');
});

it('says nothing of what speaks of something else', () => {
  for (const other of [coded('ENOENT'), coded('ECONNREFUSED'), new Error('EMFILE'), 'EMFILE', undefined])
    assert.equal(hostTroubleOf(other), undefined);
});

it('knows it in words too', () => {
  assert.equal(hostTroubleIn('/usr/bin/chromium does not work: spawn /usr/bin/chromium EAGAIN'), 'host-processes');
  assert.equal(hostTroubleIn('fork: Cannot allocate memory'), 'host-memory');
  assert.equal(hostTroubleIn('spawn EMFILE'), 'host-descriptors');
  assert.equal(hostTroubleIn('No space left on device'), 'host-disk');
  assert.equal(hostTroubleIn('PATH: no chromium'), undefined);
});
