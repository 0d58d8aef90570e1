import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { runProcess } from '../../process/run-process.ts';
import { lastLines } from './last-lines.ts';
import { expect, StepFailed, told } from './step.ts';
import { expectVerdict, type Fixes, oneRunShape } from './verdicts.ts';

/** Every check has its first look within seconds of the start; the heartbeat needs its first ping, and a busy machine time. */
const ALL_RAN_WITHIN_MS = 120_000;
const POLL_MS = 500;
const KINDS = ['audit', 'dns', 'heartbeat', 'http', 'journey', 'load', 'spec', 'tcp', 'tls'];

const checksShape = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      schedule: z.object({ type: z.string() }).loose(),
      latest: z.object({ id: z.string() }).optional(),
    }),
  ),
});

export type Watch = {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly fixes: Fixes;
  readonly signal: AbortSignal;
};

/** `npm start` until every scheduled check has run; then each must have ended as it must on a bare machine, and all stops in order. */
export async function watchDemo({ folder, env, fixes, signal }: Watch): Promise<void> {
  const what = 'clone: npm start';
  const stop = new AbortController();
  const page = Promise.withResolvers<string>();
  const started = performance.now();
  const running = runProcess({
    command: 'npm',
    args: ['start'],
    cwd: folder,
    env: { ...env, VIGIE_WEB_PORT: '0', VIGIE_DEMO_FRONTEND_PORT: '0', VIGIE_DEMO_API_PORT: '0' },
    deadlineMs: 2 * ALL_RAN_WITHIN_MS,
    killGraceMs: 60_000,
    signal: AbortSignal.any([signal, stop.signal]),
    onStdoutLine: (line) => {
      const address = /^page +(http\S+?)\/?$/.exec(line)?.[1];
      if (address !== undefined) page.resolve(address);
    },
  });
  const ended = running.then((ending) => {
    page.reject(
      new StepFailed(`${what}: ended (${ending.how}) early\n${lastLines(`${ending.stdout}\n${ending.stderr}`)}`),
    );
  });
  page.promise.catch(() => {});
  try {
    await judgeRuns(await page.promise, fixes);
  } finally {
    stop.abort();
    await ended;
  }
  const { how, stdout, leftBehind } = await running;
  expect(how === 'aborted' && leftBehind === 0 && /^stopped$/m.test(stdout), `${what} must stop in order`, {
    how,
    leftBehind,
    stdout,
  });
  told(what, performance.now() - started);
}

async function judgeRuns(page: string, fixes: Fixes): Promise<void> {
  const checks = await allRan(page);
  const kinds = [...new Set(checks.map(({ kind }) => kind))].sort();
  expect(kinds.join() === KINDS.join(), `clone: npm start must watch with ${KINDS.join(', ')}`, kinds);
  for (const { latest } of checks) {
    const run = oneRunShape.parse(await readJson(`${page}/api/v1/runs/${latest?.id}`));
    expectVerdict('clone', run, fixes);
  }
}

type Checks = z.output<typeof checksShape>['checks'];

async function allRan(page: string): Promise<Checks> {
  const deadline = performance.now() + ALL_RAN_WITHIN_MS;
  for (;;) {
    const { checks } = checksShape.parse(await readJson(`${page}/api/v1/checks`));
    const scheduled = checks.filter(({ schedule }) => schedule.type !== 'manual');
    const waiting = scheduled.filter(({ latest }) => latest === undefined).map(({ id }) => id);
    if (waiting.length === 0) return scheduled;
    expect(performance.now() < deadline, `clone: every check must run within ${ALL_RAN_WITHIN_MS / 1000} s`, {
      waiting,
    });
    await delay(POLL_MS);
  }
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  expect(response.ok, `clone: ${url} must answer`, response.status);
  return response.json();
}
