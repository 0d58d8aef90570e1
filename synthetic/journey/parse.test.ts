import assert from 'node:assert/strict';
import { it } from 'node:test';
import { makeRedactor } from '../../core/redact.ts';
import { toObservation } from './parse.ts';

it('frees the name of an interaction of secrets before it leaves out digits', () => {
  const value = 'tok3n-4bc-77';
  const redactor = makeRedactor([['TOKEN', value]]);
  const { measures } = toObservation({
    ending: { how: 'completed' },
    result: {
      ending: { how: 'completed' },
      measures: [
        { name: 'inp', value: 80, unit: 'ms', labels: { page: '/', interaction: `button copy ${value} of 12 €` } },
      ],
      steps: [],
      assertions: { passed: 0, absences: 0, shown: [] },
      pagesLoaded: 1,
      otherPages: [],
      unrecorded: 0,
      facts: {},
      artefacts: [],
      durationMs: 1,
      sources: [],
      savedLogin: false,
      spent: false,
    },
    collected: { artefacts: [], dropped: [] },
    taints: [],
    facts: {},
    secrets: { ...redactor, resolve: () => value, known: () => [['TOKEN', value]] },
    allowedOrigins: undefined,
  });
  assert.equal(measures[0]?.labels?.interaction, 'button copy [secret TOKEN] of 0 €');
});
