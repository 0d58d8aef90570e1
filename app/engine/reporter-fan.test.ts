import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SILENT_LOG } from '../../core/log.ts';
import type { Reporter } from '../../core/reporter.ts';
import { fanOut } from './reporter-fan.ts';
import { makeCheck } from './testing/kinds.ts';
import { FAILED, makeRun } from './testing/runs.ts';

const check = makeCheck();

describe('reporters', () => {
  it('are told although another throws or rejects, and the failures are remembered by name', async () => {
    const told: string[] = [];
    const throwing: Reporter = {
      name: 'throws',
      onRun: () => {
        throw new Error('boom');
      },
    };
    const rejecting: Reporter = { name: 'rejects', onRun: () => Promise.reject(new Error('later')) };
    const fan = fanOut([throwing, rejecting, { name: 'good', onRun: ({ id }) => void told.push(id) }], SILENT_LOG);
    const run = makeRun(1, FAILED);
    fan.run(run, check);
    await fan.end();
    assert.deepEqual(told, [run.id]);
    assert.deepEqual(fan.failures(), ['throws: boom', 'rejects: later']);
  });
  it('are ended after all that they were told', async () => {
    const order: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow: Reporter = {
      name: 'slow',
      onRun: async () => {
        await promise;
        order.push('run');
      },
      onEnd: () => void order.push('end'),
    };
    const fan = fanOut([slow], SILENT_LOG);
    fan.run(makeRun(1, FAILED), check);
    const ended = fan.end();
    resolve();
    await ended;
    assert.deepEqual(order, ['run', 'end']);
  });
  it('may come later', () => {
    const told: string[] = [];
    const fan = fanOut([], SILENT_LOG);
    fan.add({ name: 'late', onRunStarted: ({ id }) => void told.push(id) });
    fan.started(check);
    assert.deepEqual(told, ['home']);
  });
});
