import { z } from 'zod';
import type { Check } from '../../../core/check.ts';
import { defineKind, type Kind, type KindServices, type RunContext } from '../../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../../core/observation.ts';
import { type CheckChanges, wholeCheck } from '../../../core/testing/whole-check.ts';

export type FakeKind = {
  readonly run: (context: RunContext) => Promise<Observation>;
  readonly open?: (services: KindServices) => Promise<unknown>;
  readonly close?: () => Promise<void>;
};

/** A kind of check whose runner is the test's. */
export function fakeKind({ run, open, close }: FakeKind): Kind {
  return defineKind({
    kind: 'http',
    schema: z.unknown(),
    lane: () => 'light',
    defaultTimeoutMs: 1_000,
    evidence: () => [],
    measures: { total: { unit: 'ms', help: 'all of it' } },
    endings: [],
    needs: () => [],
    files: () => [],
    open: open ?? (async () => 'resource'),
    close: close ?? (async () => {}),
    run: (_options, context) => run(context),
  });
}

/** Answers one after another; the last one again and again. */
export function scripted(...observations: readonly Observation[]): FakeKind['run'] {
  let turn = 0;
  return async () => {
    const observation = observations[Math.min(turn, observations.length - 1)];
    turn += 1;
    return observation ?? EMPTY_OBSERVATION;
  };
}

export const GOOD: Observation = {
  ...EMPTY_OBSERVATION,
  assertions: [{ ok: true, expected: 'status is 200', actual: '200' }],
};
export const BAD: Observation = {
  ...EMPTY_OBSERVATION,
  assertions: [{ ok: false, expected: 'status is 200', actual: '503' }],
};

/** A light check with nothing special about it; `more` replaces parts. */
export function makeCheck(more: CheckChanges = {}): Check {
  return wholeCheck({
    schedule: { type: 'interval', everyMs: 60_000, offsetMs: 0 },
    severity: 'P2',
    retry: { count: 0, backoffMs: 1_000, backoffFactor: 2 },
    channels: ['ops'],
    hash: 'abc',
    ...more,
  });
}
