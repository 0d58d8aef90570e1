// suite: quiet

import { describe, it } from 'node:test';
import { blamesNobody, serveWell, starve } from './starve.ts';

// In a file of its own: it takes every core of the machine from whatever runs beside it.
describe('a machine that is taken away', () => {
  it('16: no CPU: runs are late or marked, nobody is blamed', async (test) => {
    await using target = await serveWell();
    blamesNobody(await starve('cpu', { target, test }));
  });
});
