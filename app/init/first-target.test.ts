import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { readFirstTarget } from './first-target.ts';

describe('readFirstTarget', () => {
  it('takes origin, path and a name from the address', () => {
    assert.deepEqual(readFirstTarget('https://www.Shop.example/fr/?a=1#top'), {
      name: 'shop.example',
      origin: 'https://www.shop.example',
      path: '/fr/?a=1',
      isLocal: false,
    });
    assert.deepEqual(readFirstTarget('http://localhost:3000'), {
      name: 'app',
      origin: 'http://localhost:3000',
      path: '/',
      isLocal: true,
    });
  });

  it('gives addresses without a name a plain one', () => {
    for (const address of ['http://10.0.0.7', 'http://[2001:db8::1]:8080', 'http://127.0.0.1:1'])
      assert.equal(readFirstTarget(address).name, 'app', address);
  });

  const refused = [
    ['localhost:3000', /not a whole URL – write the protocol too, e\.g\. 'http:\/\/localhost:3000'/],
    ['shop.example', /e\.g\. 'https:\/\/shop\.example'/],
    ['', /e\.g\. 'https:\/\/app\.example'/],
    ['http://', /not a whole URL/],
    ['ftp://shop.example', /protocol 'ftp:' – http and https/],
  ] as const;
  for (const [address, expected] of refused) {
    it(`refuses '${address}' and says what to write`, () => {
      assert.throws(() => readFirstTarget(address), expected);
      assert.throws(() => readFirstTarget(address), ConfigError);
    });
  }

  it('refuses a password and does not repeat it', () => {
    assert.throws(
      () => readFirstTarget('https://ada:hunter2@shop.example'),
      (error) => error instanceof ConfigError && /password/.test(error.message) && !/ada|hunter2/.test(error.message),
    );
  });
});
