import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Target } from '../core/check.ts';
import type { Tools } from '../core/kind.ts';
import { targetAt, testContext, toolsWith } from './fixtures/context.ts';
import { isFault } from './inspect.ts';
import { type LoadInput, loadSchema } from './options.ts';
import { prepare } from './prepare.ts';

type Given = {
  readonly target?: Target;
  readonly tools?: Tools;
  readonly armed?: boolean;
  readonly loadAllow?: readonly string[];
};
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'shop.example': ['192.0.2.1'],
  'api.example': ['192.0.2.2'],
};

async function attempt(input: Partial<LoadInput>, given: Given = {}) {
  const context = testContext({ target: targetAt('http://127.0.0.1:3000'), tools: toolsWith('/opt/k6'), ...given });
  const options = loadSchema.parse({ script: 'healthy.ts', allow: ['localhost'], ...input });
  return prepare(options, context, (name) =>
    NAMES[name] ? Promise.resolve(NAMES[name]) : Promise.reject(new Error('ENOTFOUND')),
  );
}

async function faultOf(input: Partial<LoadInput>, given: Given = {}) {
  const result = await attempt(input, given);
  assert.ok(isFault(result), 'it was prepared');
  return result;
}

describe('before a load run', () => {
  it('refuses a production target that is not armed', async () => {
    const target = targetAt('http://127.0.0.1:3000', { production: true });
    assert.equal((await faultOf({}, { target })).code, 'not-armed');
    assert.ok(!isFault(await attempt({}, { target, armed: true })));
  });

  it('refuses a target that is not on the allow-list, naming target and list', async () => {
    const { code, message } = await faultOf({ allow: ['10.0.0.0/8'] });
    assert.equal(code, 'not-allowed');
    assert.match(message, /127\.0\.0\.1.*10\.0\.0\.0\/8/);
    assert.match((await faultOf({ allow: [] })).message, /the allow-list is empty/);
  });

  it("uses the settings' list when the check has none, and the check's own when it has one", async () => {
    assert.ok(!isFault(await attempt({ allow: [] }, { loadAllow: ['127.0.0.1'] })));
    assert.match((await faultOf({ allow: [] }, { loadAllow: ['10.0.0.1'] })).message, /the allow-list is 10\.0\.0\.1/);
    assert.equal((await faultOf({ allow: ['10.0.0.1'] }, { loadAllow: ['127.0.0.1'] })).code, 'not-allowed');
  });

  it('takes a target with one origin on the list', async () => {
    const target = targetAt('http://shop.example', { origins: { api: 'https://api.example' } });
    const prepared = await attempt({ allow: ['api.example'] }, { target });
    assert.ok(!isFault(prepared));
    assert.equal(prepared.env.VIGIE_API, 'https://api.example');
    assert.equal(prepared.env.VIGIE_TARGET, 'http://shop.example');
  });

  it('compares addresses, not names', async () => {
    assert.ok(!isFault(await attempt({ allow: ['192.0.2.1'] }, { target: targetAt('http://shop.example') })));
    const target = targetAt('http://[::1]:3000');
    assert.ok(!isFault(await attempt({}, { target })));
  });

  it('blames the network when the target has no address', async () => {
    const { code, blame, message } = await faultOf({}, { target: targetAt('http://gone.example') });
    assert.equal(`${code}/${blame}`, 'resolver-down/network');
    assert.match(message, /gone\.example: ENOTFOUND/);
  });

  it('blames the tool when k6 is missing, with what mends it', async () => {
    const tools: Tools = { find: () => Promise.resolve({ found: false, looked: ['PATH'], mend: 'npm run setup' }) };
    const { code, message } = await faultOf({}, { tools });
    assert.equal(code, 'tool-missing');
    assert.match(message, /npm run setup/);
  });

  it('accepts k6 from 1.5 and 2.x, and nothing else', async () => {
    for (const version of ['1.5.0', 'v1.8.1', '2.0.0', '2.3.0'])
      assert.ok(!isFault(await attempt({}, { tools: toolsWith('/opt/k6', version) })), version);
    for (const version of ['0.57.0', '1.4.9', '3.0.0', 'unknown', ''])
      assert.equal((await faultOf({}, { tools: toolsWith('/opt/k6', version) })).code, 'tool-version', version);
    assert.equal(
      (await faultOf({ runTags: { a: 'b' } }, { tools: toolsWith('/opt/k6', '2.1.0') })).code,
      'tool-version',
    );
  });

  it('names a script that is not there', async () => {
    const { code, message } = await faultOf({ script: 'gone.ts' });
    assert.equal(code, 'script-invalid');
    assert.match(message, /gone\.ts/);
  });

  it('names a secret that is not set', async () => {
    const { code, message } = await faultOf({ env: { PASSWORD: { secret: 'ABSENT', from: 'environment' } } });
    assert.equal(code, 'secret-missing');
    assert.match(message, /ABSENT/);
  });
});
