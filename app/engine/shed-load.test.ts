import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../core/fake-clock.ts';
import { type FaultCode, fault } from '../../core/fault.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { openLoadShedder } from './shed-load.ts';
import { makeRun, PASSED } from './testing/runs.ts';

const endedBy = (code: FaultCode) => makeRun(0, { status: 'inconclusive', fault: fault(code, 'x'), seen: [] });

function makeWorld(running: number) {
  const clock = new FakeClock();
  const widths: number[] = [];
  const nobody = { running: 0, waiting: 0 };
  const lanes = {
    setWidths: ({ light }: { readonly light: number }) => void widths.push(light),
    counts: () => ({ light: { running, waiting: 0 }, browser: nobody, exclusive: nobody }),
  };
  return {
    clock,
    widths,
    shedder: openLoadShedder({ lanes, widths: { light: 50, browser: 1 }, clock, log: SILENT_LOG }),
  };
}

describe('the light lane', () => {
  it('is halved when a run finds no descriptor left, once for all that fail together, and again when it was not enough', async () => {
    const { shedder, widths, clock } = makeWorld(39);
    for (let run = 0; run < 10; run += 1) shedder.ended(endedBy('host-descriptors'));
    assert.deepEqual(widths, [20]);
    await clock.advance(1_000);
    shedder.ended(endedBy('host-descriptors'));
    assert.deepEqual(widths, [20, 10]);
  });
  it('is never closed', async () => {
    const { shedder, widths, clock } = makeWorld(0);
    for (let run = 0; run < 3; run += 1) {
      shedder.ended(endedBy('host-descriptors'));
      await clock.advance(1_000);
    }
    assert.deepEqual(widths, [1, 1, 1]);
  });
  it('has its width again half a minute after the last such run', async () => {
    const { shedder, widths, clock } = makeWorld(39);
    shedder.ended(endedBy('host-descriptors'));
    await clock.advance(29_000);
    shedder.ended(endedBy('host-descriptors'));
    await clock.advance(29_999);
    assert.deepEqual(widths, [20, 10]);
    await clock.advance(1);
    assert.deepEqual(widths, [20, 10, 50]);
    assert.equal(clock.pending, 0);
  });
  it('stays narrow when another configuration comes, and then gets the width of that', async () => {
    const { shedder, widths, clock } = makeWorld(39);
    shedder.ended(endedBy('host-descriptors'));
    shedder.setWidths({ light: 80, browser: 1 });
    await clock.advance(30_000);
    assert.deepEqual(widths, [20, 20, 80]);
  });
  it('is left alone by every other ending', () => {
    const { shedder, widths } = makeWorld(39);
    for (const run of [endedBy('network-down'), endedBy('host-overloaded'), makeRun(0, PASSED)]) shedder.ended(run);
    assert.deepEqual(widths, []);
  });
});
