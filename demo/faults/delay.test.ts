import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerDelayMs } from './delay.ts';

const target = { service: 'api', path: '/api/parts' } as const;
const middle = () => 0.5;

test('a factor multiplies the base latency and leaves the added one alone', () => {
  const faults = { baseLatency: { ms: 100 }, latencyFactor: 1.15, latency: { ms: 30 } };
  assert.equal(Math.round(answerDelayMs(faults, target, middle)), 145);
});

test('jitter is symmetric and never makes a delay negative', () => {
  assert.equal(
    answerDelayMs({ latency: { ms: 100, jitterMs: 40 } }, target, () => 0),
    60,
  );
  assert.equal(
    answerDelayMs({ latency: { ms: 100, jitterMs: 40 } }, target, () => 1),
    140,
  );
  assert.equal(
    answerDelayMs({ latency: { ms: 10, jitterMs: 40 } }, target, () => 0),
    0,
  );
});

test('a delay keeps to its routes, and to the API unless told otherwise', () => {
  const page = { service: 'frontend', path: '/' } as const;
  assert.equal(answerDelayMs({ latency: { ms: 9, routes: ['/api/ocr'] } }, target, middle), 0);
  assert.equal(answerDelayMs({ latency: { ms: 9 } }, page, middle), 0);
  assert.equal(answerDelayMs({ latency: { ms: 9, on: 'both' } }, page, middle), 9);
});
