import type { Check } from '../check.ts';
import { checkId } from '../identifiers.ts';

export type CheckChanges = Partial<Omit<Check, 'id'>> & { readonly id?: string };

/** A whole check that asks nothing special; a test says what it is about. */
export function wholeCheck({ id = 'home', ...changes }: CheckChanges = {}): Check {
  return {
    id: checkId(id),
    kind: 'http',
    name: 'Home page',
    target: { name: 'shop', baseUrl: 'http://127.0.0.1:1', environment: 'test', origins: {}, production: false },
    schedule: { type: 'manual' },
    timeoutMs: 1_000,
    lane: 'light',
    severity: 'P3',
    tags: [],
    budgets: [],
    relativeBudgets: [],
    retry: { count: 0, backoffMs: 0, backoffFactor: 1 },
    confirm: true,
    overlap: 'skip',
    catchUp: 'none',
    maintenance: [],
    incident: { failures: 1, of: 1, recoveries: 1, onDegraded: false },
    channels: [],
    labels: {},
    options: {},
    hash: '',
    ...changes,
  };
}
