import { fault } from '../../core/fault.ts';
import { defineKind } from '../../core/kind.ts';
import type { EvidenceRule } from '../../core/observation.ts';
import { JOURNEY_ENDINGS } from './endings.ts';
import { journeyOptions } from './options.ts';
import { openJourneyEngine, runJourneyCheck } from './run.ts';

const EVIDENCE: readonly EvidenceRule[] = [
  { item: 'browserStarted', atLeast: 1, fault: fault('browser-launch', 'No browser was started') },
  {
    item: 'pages',
    atLeast: 1,
    fault: fault(
      'evidence-missing',
      'The journey loaded no page of the target, error pages aside; begin with page.goto',
    ),
  },
  {
    item: 'assertions',
    atLeast: 1,
    fault: fault(
      'no-assertion',
      "No assertion passed through the `expect` that the journey is given; take it from the argument, journey('…', async ({ page, expect }) => …), not from an import",
    ),
  },
  {
    item: 'unrecorded',
    atMost: 0,
    fault: fault('evidence-missing', 'The run had more steps or vitals than are recorded: not all of it was judged'),
  },
  {
    item: 'strayedPages',
    atMost: 0,
    fault: fault('wrong-page', "The journey ended outside the target; if it may, add the origin to 'staysOn'"),
  },
];

/** A user's way through the target, as a Playwright function in a warm browser. */
export const journeyKind = defineKind({
  kind: 'journey',
  schema: journeyOptions,
  lane: () => 'browser',
  defaultTimeoutMs: 60_000,
  evidence: () => EVIDENCE,
  measures: {
    duration: {
      unit: 'ms',
      gated: { floor: 50 },
      help: 'Time from the first line of the journey to its end, without clean-up.',
    },
    'step.*': {
      unit: 'ms',
      gated: { floor: 25 },
      help: 'Time of each step that passed; steps inside another carry the label `in`.',
    },
    lcp: {
      unit: 'ms',
      gated: { floor: 25, by: ['page'] },
      help: 'Largest Contentful Paint of each page load, label `page`.',
    },
    inp: {
      unit: 'ms',
      gated: { floor: 25, by: ['page'] },
      help: 'Interaction to Next Paint of each page load that was interacted with, labels `page`, `interaction`.',
    },
    cls: {
      unit: 'score',
      gated: { floor: 0.02, by: ['page'] },
      help: 'Cumulative Layout Shift of each page load, label `page`.',
    },
    fcp: {
      unit: 'ms',
      gated: { floor: 25, by: ['page'] },
      help: 'First Contentful Paint of each page load, label `page`.',
    },
    ttfb: {
      unit: 'ms',
      gated: { floor: 10, by: ['page'] },
      help: 'Time to First Byte of each page load, label `page`.',
    },
    console_errors: {
      unit: 'count',
      gated: { floor: 0.5 },
      help: 'Errors in the console and uncaught exceptions of the pages.',
    },
    failed_requests: {
      unit: 'count',
      gated: { floor: 0.5 },
      help: 'Requests of the pages without an answer, or with a status of 400 or above.',
    },
    cleanup_failures: { unit: 'count', help: 'Clean-up work of the journey that failed or was not done in time.' },
    'custom.*': { unit: 'any', help: "The journey's own measures, recorded with `measure`." },
  },
  endings: JOURNEY_ENDINGS,
  needs: () => ['chromium'],
  files: ({ file, login }) => (login === undefined ? [file] : [file, login.file]),
  open: (services) => Promise.resolve(openJourneyEngine(services)),
  close: (engine) => engine.pool.close(),
  run: runJourneyCheck,
});
