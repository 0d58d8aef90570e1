import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { serveHttp, type TestServer } from '../../synthetic/net/testing/servers.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'starved.ts');
const ANSWER_MS = 300;
const WITHIN_MS = 150_000;

export type Told = {
  /** By check, how it ended in the middle of it. */
  readonly told: Readonly<Record<string, string>>;
  readonly afterwards: string;
  /** Of the checks that were due every second meanwhile. */
  readonly runs: number;
  readonly tainted: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly taints: Readonly<Record<string, number>>;
  readonly worstLatenessMs: number;
};

/** The target that is well all the time. */
export function serveWell(): Promise<TestServer> {
  return serveHttp((request, response) => {
    const answer = (): void => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title><h1>Bonjour</h1>');
    };
    if (request.url === '/slowly') setTimeout(answer, ANSWER_MS);
    else answer();
  });
}

export type Starving = {
  readonly target: TestServer;
  readonly test: TestContext;
  readonly group?: string;
  readonly prefix?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
};

/** A monitor in a process of its own, from which the machine is taken away in one way. */
export async function starve(
  way: string,
  { target, test, group = '', prefix = [], env = {} }: Starving,
): Promise<Told> {
  const url = `http://127.0.0.1:${target.port}`;
  const [command = '', ...args] = [...prefix, process.execPath, '--no-warnings', PROGRAM, way, url, group];
  const { stdout } = await promisify(execFile)(command, args, {
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
  });
  const told: Told = JSON.parse(stdout);
  test.diagnostic(
    `${told.runs} runs, ${told.tainted} marked (${Object.keys(told.taints).join(', ')}), at most ${Math.round(told.worstLatenessMs)} ms late`,
  );
  return told;
}

/** Whatever the machine went through: nothing is said against a target that was well all the time. */
export function blamesNobody({ verdicts, afterwards, runs }: Told): void {
  assert.ok(runs >= 10, `${runs} runs`);
  assert.deepEqual(
    Object.keys(verdicts).filter((verdict) => /^(failed|degraded)/.test(verdict)),
    [],
  );
  assert.equal(afterwards, 'passed');
}
