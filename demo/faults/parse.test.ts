import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultDefinitions } from './definitions.ts';
import { parseFaultFlag, parseFaults } from './parse.ts';

test('every switch takes its own example', () => {
  for (const [name, { example }] of Object.entries(faultDefinitions)) {
    assert.deepEqual(parseFaults({ [name]: example }).problems, [], name);
  }
});

test('a bare number is the short form of an object', () => {
  const { changes } = parseFaults({ latency: 300, errorRate: 0.5, latencyFactor: '+15%' });
  assert.deepEqual(changes, [
    { name: 'latency', value: { ms: 300 } },
    { name: 'errorRate', value: { ratio: 0.5 } },
    { name: 'latencyFactor', value: 1.15 },
  ]);
});

test('false, null and 0 turn a switch off, except for a factor of 0', () => {
  const { changes } = parseFaults({ hang: false, latency: 0, errorRate: null, latencyFactor: 0 });
  assert.deepEqual(
    changes.map(({ value }) => value),
    [undefined, undefined, undefined, 0],
  );
});

test('an unknown name is refused with the nearest one', () => {
  const { problems } = parseFaults({ latancy: 3, zzz: 1 });
  assert.equal(problems[0]?.suggestion, 'did you mean latency?');
  assert.match(problems[1]?.suggestion ?? '', /known switches: latency, /);
});

test('bad values are refused with the value got and an example', () => {
  const bad = {
    latency: -1,
    errorRate: 1.5,
    hang: 'yes',
    slowLcpImage: 'slow',
    latencyFactor: '15%',
    emptyBody: { on: 'all' },
  };
  const { problems, changes } = parseFaults(bad);
  assert.equal(problems.length, Object.keys(bad).length);
  assert.deepEqual(changes, []);
  assert.match(problems[1]?.message ?? '', /errorRate got 1\.5/);
  assert.match(problems[1]?.suggestion ?? '', /for example \{"errorRate":0\.25\}/);
});

test('unknown keys inside a value and routes without a slash are refused', () => {
  assert.equal(parseFaults({ latency: { ms: 5, jitter: 1 } }).problems.length, 1);
  assert.equal(parseFaults({ latency: { ms: 5, routes: ['api'] } }).problems.length, 1);
});

test('what is no object is refused', () => {
  for (const input of [undefined, null, 'latency', [1]]) assert.equal(parseFaults(input).problems.length, 1);
});

test('a flag of the command line is JSON where it can be, else text; without a value it is on', () => {
  assert.deepEqual(parseFaultFlag('latency=300'), { latency: 300 });
  assert.deepEqual(parseFaultFlag('latencyFactor=+15%'), { latencyFactor: '+15%' });
  assert.deepEqual(parseFaultFlag('errorRate={"ratio":1}'), { errorRate: { ratio: 1 } });
  assert.deepEqual(parseFaultFlag('hang'), { hang: true });
});
