import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Command } from '../../core/command.ts';
import { type LogFields, SILENT_LOG } from '../../core/log.ts';
import { sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { openStore } from '../../results/open-store.ts';
import { hashOfToken } from '../../web/tokens.ts';
import { realClock } from '../adapters/real-clock.ts';
import { planOf } from './testing/sample-plan.ts';
import { openWeb } from './web-bridge.ts';

// Without a schedule, so that its old run stays current.
const check = sampleCheck('home', 'http', { schedule: { type: 'manual' } });
const run = sampleRun(check, { measures: [{ name: 'total', value: 42, unit: 'ms' }] });
const problem = z.object({ error: z.string() });

/** A bridge to a real web thread over a store with one run, and the threads as Node starts them. */
async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-web-'));
  const store = await openStore({ folder, log: SILENT_LOG, clock: realClock });
  await store.commit({ run });
  const threads: Worker[] = [];
  const onWorker = (worker: Worker): void => void threads.push(worker);
  process.on('worker', onWorker);
  const told: string[] = [];
  const tell = (_fields: LogFields, message: string): void => void told.push(message);
  const commands: Command[] = [];
  const state: { answer: Promise<{ readonly ok: true }> } = { answer: Promise.resolve({ ok: true }) };
  const plan = planOf(folder, [check]);
  const bridge = await openWeb({
    plan: () => plan,
    log: { ...SILENT_LOG, warn: tell, error: tell },
    version: '0.0.0',
    tokens: [{ name: 'people', scopes: ['write'], hash: hashOfToken('a-token-of-people') }],
    onCommand: (command) => {
      commands.push(command);
      return state.answer;
    },
  });
  return {
    bridge,
    threads,
    told,
    commands,
    state,
    async [Symbol.asyncDispose]() {
      await bridge.close();
      process.off('worker', onWorker);
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe('the web thread', () => {
  it('is started again when it dies, where people look, with what the store knows', async () => {
    await using web = await open();
    const { webUrl } = web.bridge.listening;
    const metrics = async (): Promise<string> => (await fetch(`${webUrl}/metrics`)).text();
    const before = await metrics();
    assert.match(before, /^probe_duration_seconds\{.*check="home",.*} 0\.042$/m);
    assert.doesNotMatch(before, /^vigie_run_duration_seconds_count/m, 'a stored run is shown, not counted');

    await web.bridge.reporter.onRun?.(run, check);
    await until(async () => /^vigie_run_total\{.*verdict="passed".*} 1$/m.test(await metrics()));

    await web.threads[0]?.terminate();
    web.bridge.tell({ type: 'runs', runs: [run] });
    await until(async () => (await fetch(webUrl).catch(() => undefined))?.status === 200);
    assert.equal(web.threads.length, 2);
    assert.ok(web.told.includes('the web thread was started again'), web.told.join());
    assert.match(await metrics(), /^probe_duration_seconds\{.*check="home",.*} 0\.042$/m);
    await web.bridge.reporter.onRun?.(run, check);
    await until(async () => /^vigie_run_total\{.*verdict="passed".*} 1$/m.test(await metrics()));
  });

  it('answers a command after the engine has, and 503 to what still waits when it ends', async () => {
    const asked = Promise.withResolvers<{ readonly ok: true }>();
    const web = await open();
    const { webUrl } = web.bridge.listening;
    const resume = () =>
      fetch(`${webUrl}/api/v1/checks/home/resume`, {
        method: 'POST',
        headers: { authorization: 'Bearer a-token-of-people' },
      });
    assert.equal((await resume()).status, 200);
    web.state.answer = asked.promise;
    const waiting = resume();
    await until(() => web.commands.length === 2);
    await web[Symbol.asyncDispose]();
    const response = await waiting;
    assert.equal(response.status, 503);
    assert.match(problem.parse(await response.json()).error, /busy; try again/);
    asked.resolve({ ok: true });
  });

  it('does not start where the port is taken, and says so', async () => {
    await using web = await open();
    const { port } = new URL(web.bridge.listening.webUrl);
    const folder = mkdtempSync(join(tmpdir(), 'vigie-web-'));
    const store = await openStore({ folder, log: SILENT_LOG, clock: realClock });
    const plan = planOf(folder, [check]);
    const taken = { ...plan, settings: { ...plan.settings, web: { ...plan.settings.web, port: Number(port) } } };
    const options = {
      plan: () => taken,
      log: SILENT_LOG,
      version: '0',
      tokens: [],
      onCommand: async () => ({ ok: true }) as const,
    };
    await assert.rejects(openWeb(options), {
      code: 'port-unusable',
      message: /cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/,
      hint: /settings\.web\.port/,
    });
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${is}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
