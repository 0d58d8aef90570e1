import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { audit, faultOf, seenBy, startTarget, stopTarget } from './testing/audit.ts';

before(startTarget);
after(stopTarget);

describe('headers for pages behind a login', () => {
  const options = { runs: 1, headers: { Cookie: { secret: 'SESSION', from: 'environment' }, 'X-Env': 'staging-7' } };
  const context = { secrets: { SESSION: 'sid=correct-horse' } };

  it('reach Lighthouse by a file, never by an argument or the environment', async () => {
    const { folder } = await audit({ options, context });
    const [seen] = await seenBy(folder);
    assert.deepEqual(seen?.headers, { Cookie: 'sid=correct-horse', 'X-Env': 'staging-7' });
    assert.ok(!JSON.stringify([seen?.argv, seen?.env, seen?.rc]).includes('correct-horse'));
  });

  it('are in none of the artefacts', async () => {
    const { observation, folder } = await audit({ options, context });
    assert.equal(observation.artefacts.length, 2);
    for (const { file } of observation.artefacts) {
      const bytes = await readFile(join(folder, 'artefacts', file));
      const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
      assert.ok(text.includes('lighthouseVersion'), file);
      assert.ok(!/correct-horse|staging-7/.test(text), file);
    }
  });

  it('are a fault when the secret is missing', async () => {
    assert.equal(faultOf((await audit({ options })).verdict), 'secret-missing');
  });
});

it('gives Lighthouse CI no more of our environment than it needs, and our own Node first', async () => {
  process.env.LHCI_COLLECT__NUMBER_OF_RUNS = '7';
  process.env.VIGIE_TEST_SECRET = 'do-not-pass';
  try {
    const { folder } = await audit({ options: { runs: 1 } });
    const [seen] = await seenBy(folder);
    assert.deepEqual(
      Object.keys(seen?.env ?? {}).filter((name) => /LHCI|SECRET/.test(name)),
      [],
    );
    assert.ok(process.execPath.startsWith(seen?.env.PATH?.split(':')[0] ?? 'nothing'));
  } finally {
    delete process.env.LHCI_COLLECT__NUMBER_OF_RUNS;
    delete process.env.VIGIE_TEST_SECRET;
  }
});
