import { z } from 'zod';
import { cut } from '../../core/cut.ts';
import { UNITS } from '../../core/units.ts';

/**
 * The messages between the engine and a journey host, over IPC. The host runs the user's code, so what comes from it
 * is validated and bounded here and nowhere else.
 */

const text = (max: number) => z.string().transform((value) => cut(value, max));
const labels = z.record(z.string().max(60), text(1_000));
const measure = z.strictObject({
  name: text(1_100),
  value: z.number(),
  unit: z.enum(UNITS),
  labels: labels.optional(),
});
const step = z.strictObject({
  name: text(1_000),
  startMs: z.number(),
  durationMs: z.number(),
  status: z.enum(['passed', 'failed', 'skipped']),
  message: text(1_000).optional(),
});

const thrown = z.strictObject({
  kind: z.enum(['assertion', 'foreign-assertion', 'timeout', 'page', 'program', 'thrown']),
  name: text(80),
  message: text(2_000),
  /** The place in the journey's own files. */
  at: text(300).optional(),
  /** What the failed assertion said, when it was one. */
  expected: text(1_000).optional(),
  actual: text(1_000).optional(),
  /** The line of Playwright's log that says what was waited for. */
  waitedFor: text(1_000).optional(),
  /** Chromium's network error without `net::`, e.g. `ERR_CONNECTION_REFUSED`. */
  net: text(60).optional(),
  /** What this machine found out about the network after such an error. */
  network: z.enum(['name-missing', 'resolver-silent', 'no-interface', 'up']).optional(),
});
export type Thrown = z.output<typeof thrown>;

const rawEnding = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('completed') }),
  z.strictObject({ how: z.literal('threw'), error: thrown, step: text(200).optional() }),
  /** `waitingOn`: what gave way when it was closed at the deadline. */
  z.strictObject({
    how: z.literal('deadline'),
    waitingOn: z.enum(['page', 'request', 'script']),
    step: text(200).optional(),
    action: text(1_000).optional(),
  }),
  z.strictObject({ how: z.literal('invalid'), message: text(2_000) }),
  z.strictObject({ how: z.literal('browser-crashed'), what: z.enum(['browser', 'page']), step: text(200).optional() }),
  z.strictObject({ how: z.literal('runner-only'), feature: text(100) }),
  /** Assertions, steps and actions that were still going on. */
  z.strictObject({ how: z.literal('unawaited'), work: z.array(text(300)).max(20) }),
  /** What was given to `expect` and to no matcher. */
  z.strictObject({ how: z.literal('no-matcher'), subjects: z.array(text(300)).max(20) }),
  z.strictObject({ how: z.literal('logged-out'), message: text(500) }),
  z.strictObject({ how: z.literal('stopped') }),
  /** What the check asks for cannot be had: a device, a locale, a time zone that is not known. */
  z.strictObject({ how: z.literal('refused'), message: text(2_000) }),
  /** The host itself could not do its work. */
  z.strictObject({ how: z.literal('broken'), message: text(2_000) }),
]);
export type HostEnding = z.output<typeof rawEnding>;

export const ARTEFACT_FILES = {
  screenshot: { file: 'screenshot.png', mediaType: 'image/png' },
  console: { file: 'console.json', mediaType: 'application/json' },
  requests: { file: 'requests.json', mediaType: 'application/json' },
  trace: { file: 'trace.zip', mediaType: 'application/zip' },
  har: { file: 'network.har', mediaType: 'application/json' },
  log: { file: 'journey.log', mediaType: 'text/plain' },
} as const;
export type ArtefactName = keyof typeof ARTEFACT_FILES;

const result = z.strictObject({
  ending: rawEnding,
  durationMs: z.number().min(0),
  steps: z.array(step).max(20_000),
  assertions: z.strictObject({
    passed: z.number().int().min(0),
    /** Passed ones that say only what is not there. */
    absences: z.number().int().min(0),
    /** The first of them, for people. */
    shown: z.array(z.strictObject({ expected: text(1_000), step: text(200).optional() })).max(100),
  }),
  /** Those of 20,000 steps, 20,000 vitals and 10,000 of the journey's own, and a few of the run. */
  measures: z.array(measure).max(51_000),
  /** Steps and vitals beyond the most that are kept. */
  unrecorded: z.number().int().min(0),
  /** Main frames that loaded a document of the target over the network, without an error. */
  pagesLoaded: z.number().int().min(0),
  /** The first others: error pages, and pages of other origins. */
  otherPages: z.array(text(200)).max(5),
  finalUrl: text(1_000).optional(),
  facts: z.record(z.string().max(60), text(1_000)),
  artefacts: z.array(z.enum(['screenshot', 'console', 'requests', 'trace', 'har', 'log'])).max(10),
  /** Files of the user that were loaded, with what tells whether they changed. */
  sources: z.array(z.strictObject({ file: z.string(), stamp: z.string() })).max(5_000),
  savedLogin: z.boolean(),
  /** The host says that it should not be used again. */
  spent: z.boolean(),
});
export type HostResult = z.output<typeof result>;

export const fromHost = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('launched'),
    browserPid: z.number().int().positive().optional(),
    chromium: z.string().max(60),
    sandboxed: z.boolean(),
  }),
  z.strictObject({ type: z.literal('launch-failed'), message: text(2_000) }),
  /** The answer to `stop`: its event loop turns, so it will come to its end by itself. */
  z.strictObject({ type: z.literal('stopping'), id: z.number() }),
  z.strictObject({ type: z.literal('step'), id: z.number(), name: text(200) }),
  /** What was measured, before clean-up: it stands when the host does not come to its end. */
  z.strictObject({ type: z.literal('measured'), id: z.number(), result }),
  /** `isOutputCut`: some of its output had not found room in the pipe yet. */
  z.strictObject({ type: z.literal('done'), id: z.number(), result, isOutputCut: z.boolean() }),
]);
export type FromHost = z.output<typeof fromHost>;

const journeyRequest = z.strictObject({
  file: z.string(),
  export: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Values by the name that the journey asks for. They travel here and in no argument or environment. */
  secrets: z.record(z.string(), z.string()),
  target: z.strictObject({
    name: z.string(),
    baseUrl: z.string(),
    environment: z.string(),
    origins: z.record(z.string(), z.string()),
  }),
  /** Milliseconds until the host closes the page and begins to clean up. */
  deadlineMs: z.number(),
  /** Milliseconds that clean-up and recording may take after it. */
  reserveMs: z.number(),
  actionTimeoutMs: z.number(),
  navigationTimeoutMs: z.number(),
  expectTimeoutMs: z.number(),
  settleMs: z.number(),
  device: z.string().optional(),
  locale: z.string().optional(),
  timezone: z.string().optional(),
  userAgentSuffix: z.string(),
  traceTo: z.array(z.string()),
  recording: z.enum(['standard', 'full']),
  /** Folder for what the run leaves; the engine scrubs it before it is kept. */
  folder: z.string(),
  /** Stored login state to start from, and where to put the state the run ends with. */
  loginFile: z.string().optional(),
  saveLoginTo: z.string().optional(),
});
export type JourneyRequest = z.output<typeof journeyRequest>;

export const toHost = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('launch'), executablePath: z.string(), sandbox: z.boolean() }),
  z.strictObject({ type: z.literal('run'), id: z.number(), request: journeyRequest }),
  /** At the deadline the run says what it was waiting for; a cancelled one only cleans up. */
  z.strictObject({ type: z.literal('stop'), id: z.number(), why: z.enum(['deadline', 'cancelled']) }),
  z.strictObject({ type: z.literal('close') }),
]);
export type ToHost = z.output<typeof toHost>;
