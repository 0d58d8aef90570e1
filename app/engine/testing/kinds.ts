import { z } from 'zod';
import type { Check } from '../../../core/check.ts';
import { checkId } from '../../../core/identifiers.ts';
import { defineKind, type Kind, type KindServices, type RunContext } from '../../../core/kind.ts';
import { EMPTY_OBSERVATION, type Observation } from '../../../core/observation.ts';

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
export function makeCheck(more: Partial<Omit<Check, 'id'>> & { readonly id?: string } = {}): Check {
  const { id = 'home', ...rest } = more;
  return {
    id: checkId(id),
    kind: 'http',
    name: 'Home page',
    target: {
      name: 'shop',
      baseUrl: 'http://127.0.0.1:1',
      environment: 'test',
      origins: {},
      production: false,
    },
    schedule: { type: 'interval', everyMs: 60_000, offsetMs: 0 },
    timeoutMs: 1_000,
    lane: 'light',
    severity: 'P2',
    tags: [],
    budgets: [],
    relativeBudgets: [],
    retry: { count: 0, backoffMs: 1_000, backoffFactor: 2 },
    confirm: true,
    overlap: 'skip',
    catchUp: 'none',
    maintenance: [],
    incident: { failures: 1, of: 1, recoveries: 1, onDegraded: false },
    channels: ['ops'],
    labels: {},
    options: {},
    hash: 'abc',
    ...rest,
  };
}
