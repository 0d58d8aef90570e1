// suite: quiet

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gates, openGates, type Pace } from './paced.ts';

const USUAL: Pace = { delayMs: 100 };

let gates: Gates;
before(async () => {
  gates = await openGates();
});
after(() => gates[Symbol.asyncDispose]());

const served = (pace: Pace): Promise<string> => gates.serve(() => pace);

describe('a gate of what is the same', () => {
  it('0: nothing got worse', async () => {
    const { code, stdout } = await gates.gate(await served(USUAL), '--baseline', await served(USUAL));
    assert.equal(code, 0, stdout);
    assert.match(stdout, /PASSED: Nothing got worse/);
    assert.match(stdout, /fails in at most 1 % of gates/);
  });

  it('calibrates against itself, and every later verdict stands on it', async () => {
    const base = await served(USUAL);
    const { code, stdout } = await gates.type(['gate', '--baseline', base, '--calibrate', '2', '--even-unfit']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /0 false alarms in 2 gates \(at most 77\.6 % with 95 % confidence\)/);
    assert.ok(existsSync(join(gates.workspace.folder, 'vigie-gate', 'calibration.json')));
    const later = await gates.gate(await served(USUAL), '--baseline', base, '--out', 'vigie-gate');
    assert.match(later.stdout, /0 false alarms in 2 gates of the baseline/);
  });
});
