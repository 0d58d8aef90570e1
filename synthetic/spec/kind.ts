import { join } from 'node:path';
import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { EvidenceRule } from '../../core/observation.ts';
import { SPEC_ENDINGS } from './endings.ts';
import { specOptions } from './options.ts';
import { runSpecCheck } from './run.ts';

const EVIDENCE: readonly EvidenceRule[] = [
  { item: 'tests', atLeast: 1, fault: fault('nothing-selected', 'No test of the project was run') },
  {
    item: 'open_assertions',
    atMost: 0,
    fault: fault(
      'script-exception',
      'Tests ended while assertions of them were still going on; write `await` before each',
    ),
  },
  {
    item: 'assertions',
    atLeast: 1,
    fault: fault('no-assertion', "No test that passed asserted anything through Playwright's expect"),
  },
];

/** An existing Playwright Test project, run unchanged through its own command line. */
export const specKind = defineKind({
  kind: 'spec',
  schema: specOptions,
  // Several workers take the machine for themselves; one is like any other browser run.
  lane: ({ workers }) => (workers === 1 ? 'browser' : 'exclusive'),
  defaultTimeoutMs: 300_000,
  evidence: () => EVIDENCE,
  measures: {
    duration: { unit: 'ms', help: 'Time of the whole test run, as Playwright tells it.' },
    'test.duration': {
      unit: 'ms',
      gated: { floor: 50 },
      help: 'Time of each test that ran, labels `test` and `project`.',
    },
    'tests.total': { unit: 'count', help: 'Tests that were selected.' },
    'tests.passed': { unit: 'count', help: 'Tests that ended as expected, flaky ones included.' },
    'tests.failed': { unit: 'count', help: 'Tests that ended otherwise than expected.' },
    'tests.skipped': { unit: 'count', help: 'Tests that were skipped.' },
    'tests.flaky': { unit: 'count', help: 'Tests that passed only when tried again.' },
  },
  endings: SPEC_ENDINGS,
  needs: () => ['playwright'],
  files: ({ folder, config }) => (config === undefined ? [folder] : [folder, join(folder, config)]),
  open: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
  run: runSpecCheck,
});
