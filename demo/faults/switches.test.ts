import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultSwitches, InvalidFaultsError, isInScope } from './switches.ts';

test('changes are merged, and one wrong change leaves everything as it was', () => {
  const switches = new FaultSwitches();
  switches.set({ latency: 100 });
  assert.equal(switches.apply({ hang: true, latancy: 5 }).length, 1);
  assert.deepEqual(switches.values, { latency: { ms: 100 } });
  switches.set({ missingButton: true, latency: null });
  assert.deepEqual(switches.values, { missingButton: true });
});

test('reset turns off one switch or all', () => {
  const switches = new FaultSwitches();
  switches.set({ hang: true, layoutShift: true });
  switches.reset('hang');
  assert.deepEqual(switches.values, { layoutShift: true });
  switches.reset();
  assert.deepEqual(switches.values, {});
});

test('code that sets a wrong value gets an error that names it', () => {
  assert.throws(() => new FaultSwitches().set({ latency: -5 }), InvalidFaultsError);
});

test('a scope chooses server and path prefix, and never the operator paths', () => {
  const fault = { on: 'both', routes: ['/api/parts'] } as const;
  assert.equal(isInScope(fault, { service: 'api', path: '/api/parts/aa-0001' }, 'api'), true);
  assert.equal(isInScope(fault, { service: 'api', path: '/api/health' }, 'api'), false);
  assert.equal(isInScope({}, { service: 'frontend', path: '/' }, 'api'), false);
  assert.equal(isInScope({}, { service: 'frontend', path: '/' }, 'both'), true);
  for (const path of ['/admin/faults', '/metrics'])
    assert.equal(isInScope({}, { service: 'api', path }, 'both'), false);
});
