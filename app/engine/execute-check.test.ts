import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { VigieError } from '../../core/errors.ts';
import { FakeClock } from '../../core/fake-clock.ts';
import { fault } from '../../core/fault.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../core/observation.ts';
import type { Run } from '../../core/run.ts';
import type { EngineParts } from './engine-parts.ts';
import { type ExecuteInput, executeCheck } from './execute-check.ts';
import { LEAVE_GRACE_MS } from './run-attempt.ts';
import { BAD, type FakeKind, fakeKind, GOOD, makeCheck, scripted } from './testing/kinds.ts';
import { makeParts, secretsOf } from './testing/parts.ts';

type World = {
  readonly check?: Partial<Omit<Check, 'id'>>;
  readonly parts?: Partial<EngineParts>;
  readonly input?: Partial<ExecuteInput>;
  readonly clock?: FakeClock;
};

function execute(run: FakeKind['run'], { check, parts, input, clock = new FakeClock() }: World = {}): Promise<Run> {
  return executeCheck(
    {
      check: makeCheck(check),
      kind: fakeKind({ run }),
      trigger: 'manual',
      cancel: new AbortController().signal,
      ...input,
    },
    makeParts(clock, parts),
  );
}

const fellOver = (code: Parameters<typeof fault>[0]): Observation => ({ ...EMPTY_OBSERVATION, fault: fault(code, '') });
const purposes = (run: Run): string => run.attempts.map(({ purpose }) => purpose).join(' ');
const line = ({ verdict }: Run): string =>
  verdict.status === 'inconclusive' ? `inconclusive: ${verdict.fault.code} (${verdict.fault.blame})` : verdict.status;

describe('attempts', () => {
  it('end with the first that passes', async () => {
    const run = await execute(scripted(GOOD));
    assert.deepEqual([line(run), purposes(run), run.taints], ['passed', 'first', []]);
  });
  it('confirm a failure with full recording before it counts', async () => {
    const recorded: string[] = [];
    const run = await execute(async ({ recording }) => {
      recorded.push(recording);
      return BAD;
    });
    assert.deepEqual([line(run), purposes(run), recorded], ['failed', 'first confirmation', ['standard', 'full']]);
  });
  it('pass with a mark when the confirmation passes', async () => {
    const run = await execute(scripted(BAD, GOOD));
    assert.deepEqual([line(run), run.taints], ['passed', ['recovered-on-retry']]);
  });
  it('are retried with growing pauses, and a failure that stays is confirmed', async () => {
    const clock = new FakeClock();
    const starts: number[] = [];
    const running = execute(
      async () => {
        starts.push(clock.monotonic());
        return BAD;
      },
      { clock, check: { retry: { count: 2, backoffMs: 1_000, backoffFactor: 3 } } },
    );
    await clock.advance(10_000);
    assert.equal(purposes(await running), 'first retry retry confirmation');
    assert.deepEqual(starts, [0, 1_000, 4_000, 4_000]);
  });
  it('are not repeated where the answer would be the same', async () => {
    const retry = { count: 2, backoffMs: 0, backoffFactor: 1 };
    for (const code of ['config-invalid', 'cancelled', 'secret-missing'] as const)
      assert.equal(purposes(await execute(scripted(fellOver(code)), { check: { retry } })), 'first', code);
    assert.equal(purposes(await execute(scripted(fellOver('tool-missing')))), 'first');
    assert.equal(purposes(await execute(scripted(fellOver('browser-crashed')))), 'first confirmation');
  });
  it('leave a failure unconfirmed when the confirmation could not measure', async () => {
    const run = await execute(scripted(BAD, fellOver('browser-crashed')));
    assert.equal(line(run), 'inconclusive: browser-crashed (tool)');
    assert.ok(run.verdict.status === 'inconclusive' && run.verdict.seen.length === 1);
  });
});

describe('a cancelled run', () => {
  it('asks nothing of anybody when it was cancelled before it began', async () => {
    let asked = 0;
    const busy = AbortSignal.abort(fault('lane-busy', 'another load test runs'));
    const ask = async (): Promise<never> => {
      asked += 1;
      throw new Error('must not be asked');
    };
    const run = await execute(ask, {
      input: { cancel: busy },
      check: { retry: { count: 3, backoffMs: 1_000, backoffFactor: 1 } },
      parts: { resources: { of: ask, close: async () => {} } },
    });
    assert.deepEqual([line(run), purposes(run), asked], ['inconclusive: lane-busy (host)', 'first', 0]);
  });
  it('proves nothing, whatever it had seen', async () => {
    const stop = new AbortController();
    const run = await execute(
      async () => {
        stop.abort(fault('shutdown', 'the process was stopped'));
        return BAD;
      },
      { input: { cancel: stop.signal } },
    );
    assert.equal(line(run), 'inconclusive: shutdown (operator)');
    assert.ok(run.verdict.status === 'inconclusive' && run.verdict.seen.length === 1);
  });
  it('leaves a failure unconfirmed when the stop comes before the confirmation', async () => {
    const stop = new AbortController();
    const keep = async (): Promise<never[]> => {
      stop.abort(fault('shutdown', 'the process was stopped'));
      return [];
    };
    const artefacts = { open: () => ({ folder: async () => '/', keep }), close: async () => {} };
    const run = await execute(scripted(BAD), { input: { cancel: stop.signal }, parts: { artefacts } });
    assert.deepEqual([line(run), purposes(run)], ['inconclusive: shutdown (operator)', 'first confirmation']);
  });
  it('does not wait out the pause before a retry', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const running = execute(scripted(BAD), {
      clock,
      input: { cancel: stop.signal },
      check: { retry: { count: 5, backoffMs: 300_000, backoffFactor: 1 } },
    });
    await clock.advance(10);
    stop.abort(fault('cancelled', 'somebody cancelled it'));
    assert.equal(line(await running), 'inconclusive: cancelled (operator)');
    assert.equal(clock.pending, 0);
  });
});

describe('a kind', () => {
  it('is told its deadline', async () => {
    const clock = new FakeClock();
    const running = execute(
      ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(fellOver('script-hung')))),
      { clock, check: { timeoutMs: 5_000, confirm: false } },
    );
    await clock.advance(5_000);
    const run = await running;
    assert.equal(line(run), 'inconclusive: script-hung (script)');
    assert.equal(run.attempts[0]?.durationMs, 5_000);
    assert.equal(clock.pending, 0);
  });
  it('that never ends is given up after its deadline and not started a second time beside itself', async () => {
    const clock = new FakeClock();
    let starts = 0;
    const running = execute(
      () => {
        starts += 1;
        return new Promise(() => {});
      },
      { clock, check: { timeoutMs: 5_000, retry: { count: 3, backoffMs: 0, backoffFactor: 1 } } },
    );
    await clock.advance(5_000 + LEAVE_GRACE_MS);
    assert.deepEqual([line(await running), starts], ['inconclusive: tool-hung (tool)', 1]);
  });
  it('that throws is a defect of ours and not of the target', async () => {
    const thrower = async (): Promise<never> => {
      throw new Error('boom');
    };
    assert.equal(line(await execute(thrower, { check: { confirm: false } })), 'inconclusive: internal (tool)');
  });
  it('whose secret is not set is a matter of configuration', async () => {
    const run = await execute(async ({ secrets }) => {
      secrets.resolve({ secret: 'TOKEN', from: 'environment' });
      return GOOD;
    });
    assert.deepEqual([line(run), purposes(run)], ['inconclusive: secret-missing (config)', 'first']);
    assert.match(JSON.stringify(run.verdict), /TOKEN/);
  });
  it('that never asks for its secrets is not judged without them, and names all that are not set', async () => {
    const ref = (secret: string) => ({ secret, from: 'environment' });
    const options = { token: ref('PING'), headers: { a: [ref('OTHER')], b: ref('PING') } };
    const run = await execute(scripted(BAD), { check: { options } });
    assert.deepEqual([line(run), purposes(run)], ['inconclusive: secret-missing (config)', 'first']);
    assert.match(JSON.stringify(run.verdict), /'PING' is not set[^']*'OTHER' is not set/);
  });
  it('whose shared resource cannot be opened makes the run inconclusive', async () => {
    const of = async (): Promise<never> => {
      throw new VigieError('browser-launch', 'chromium did not start', { hint: 'run `vigie doctor`' });
    };
    const run = await execute(scripted(GOOD), {
      check: { confirm: false },
      parts: { resources: { of, close: async () => {} } },
    });
    assert.equal(line(run), 'inconclusive: browser-launch (tool)');
  });
});

describe('what a run says', () => {
  it('holds no secret, wherever the target put it', async () => {
    const secret = 'c4nary/väl ue';
    const leak = `the answer said ${secret} and ${encodeURIComponent(secret)}`;
    const run = await execute(
      scripted({
        ...BAD,
        assertions: [{ ok: false, expected: leak, actual: leak, step: leak }],
        steps: [{ name: leak, startMs: 0, durationMs: 1, status: 'failed', message: leak }],
        measures: [{ name: 'total', value: 1, unit: 'ms', labels: { page: leak } }],
        evidence: { requests: { seen: 1, detail: leak } },
        facts: { finalUrl: leak },
        fault: fault('script-exception', leak),
      }),
      { parts: { secrets: secretsOf({ TOKEN: secret }) }, check: { confirm: false } },
    );
    assert.doesNotMatch(JSON.stringify(run), /c4nary/);
    assert.match(JSON.stringify(run), /\[secret TOKEN\]/);
  });
  it('holds bounded texts and only numbers that are numbers', async () => {
    const run = await execute(
      scripted({
        ...BAD,
        assertions: [{ ok: false, expected: 'short', actual: 'x'.repeat(1_000_000) }],
        measures: [
          { name: 'total', value: Number.NaN, unit: 'ms' },
          { name: 'total', value: 7, unit: 'ms' },
          { name: 'query', value: 7, unit: 'ms' },
        ],
      }),
    );
    assert.ok(JSON.stringify(run).length < 10_000);
    assert.deepEqual(run.attempts[0]?.observation.measures, [{ name: 'query', value: 7, unit: 'ms' }]);
  });
  it('judges no budget by the samples that are left when one was no number', async () => {
    const limit = { comparison: '<=', value: 10, unit: 'ms' } as const;
    const budget = { name: 'total', measure: 'total', aggregate: 'max', minSamples: 1, fail: limit } as const;
    const samples = [7, Number.NaN].map((value) => ({ name: 'total', value, unit: 'ms' as const }));
    const run = await execute(scripted({ ...GOOD, measures: samples }), { check: { budgets: [budget] } });
    assert.equal(line(run), 'inconclusive: no-samples (config)');
  });
  it('is judged by the last of very many assertions, and records the one that failed', async () => {
    const held = { ok: true, expected: 'holds', actual: 'it did' };
    const assertions = [...Array(300).fill(held), { ok: false, expected: 'the last holds', actual: 'it did not' }];
    const run = await execute(scripted({ ...GOOD, assertions }));
    assert.equal(line(run), 'failed');
    const recorded = run.attempts.at(-1)?.observation;
    assert.equal(recorded?.assertions.length, 300);
    assert.equal(recorded?.assertions.at(-1)?.expected, 'the last holds');
    assert.equal(recorded?.facts.leftOut, '1 assertions');
  });
  it('never ends before it began, even when the clock is set back', async () => {
    const clock = new FakeClock();
    const run = await execute(
      async () => {
        clock.jump(-3_600_000);
        return GOOD;
      },
      { clock },
    );
    assert.equal(run.finishedAt, run.startedAt);
  });
  it('is that an exclusive run was beside it, also one that came later', async () => {
    const answers = [false, true];
    const run = await execute(scripted(GOOD), { input: { isBesideExclusive: () => answers.shift() ?? false } });
    assert.deepEqual(run.taints, ['beside-exclusive']);
  });
  it('is told of its progress without secrets', async () => {
    const told: string[] = [];
    await execute(
      async ({ progress }) => {
        progress({ text: 'logging in with hunter2-and-more' });
        return GOOD;
      },
      {
        parts: { secrets: secretsOf({ PASSWORD: 'hunter2-and-more' }) },
        input: { onProgress: ({ text }) => told.push(text) },
      },
    );
    assert.deepEqual(told, ['logging in with [secret PASSWORD]']);
  });
  it('keeps its verdict when its files cannot be kept', async () => {
    const keep = async (): Promise<never> => {
      throw new Error('ENOSPC');
    };
    const artefacts = { open: () => ({ folder: async () => '/', keep }), close: async () => {} };
    const run = await execute(
      scripted({ ...GOOD, artefacts: [{ kind: 'log', file: 'a.log', mediaType: 'text/plain', sizeBytes: 1 }] }),
      { parts: { artefacts } },
    );
    assert.deepEqual([line(run), run.attempts[0]?.observation.artefacts], ['passed', []]);
  });
});

describe('a kind that throws', () => {
  it('because this machine has run out of something is not a defect of ours', async () => {
    const run = await execute(async () => {
      throw Object.assign(new Error('open /tmp/x'), { code: 'EMFILE' });
    });
    assert.equal(line(run), 'inconclusive: host-descriptors (host)');
  });
});
