import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { VigieError } from '../../core/errors.ts';
import { SILENT_LOG } from '../../core/log.ts';
import { EMPTY_OBSERVATION } from '../../core/observation.ts';
import type { Run } from '../../core/run.ts';
import { handOver, serveControl } from './control-socket.ts';
import { makeRun, PASSED } from './testing/runs.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-control-'));
  path = join(folder, 'control.sock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run as a command makes it: on demand, with an attempt. */
function manualRun(number: number): Run {
  const { slot: _slot, ...run } = makeRun(number, PASSED);
  const attempt = {
    number: 1,
    purpose: 'first',
    startedAt: run.startedAt,
    durationMs: 1,
    verdict: PASSED,
    observation: EMPTY_OBSERVATION,
  } as const;
  return { ...run, trigger: 'manual', attempts: [attempt] };
}

/** What the other side answers to raw bytes. */
async function say(...parts: readonly string[]): Promise<string> {
  const socket = createConnection(path);
  socket.on('error', () => {});
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return text;
}

describe('the control socket', () => {
  it('takes runs of several commands at once and answers each after its record', async () => {
    const recorded: string[] = [];
    const server = await serveControl(path, async ({ id }) => void recorded.push(id), SILENT_LOG);
    const runs = [1, 2, 3].map(manualRun);
    await Promise.all(runs.map((run) => handOver(path, run)));
    assert.deepEqual(recorded.sort(), runs.map(({ id }) => id).sort());
    await server.close();
  });
  it('is for this user only, and takes the place of what a killed one left behind', async () => {
    writeFileSync(path, 'left over');
    const server = await serveControl(path, async () => {}, SILENT_LOG);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await server.close();
  });
  it('says why a run was not recorded', async () => {
    const refuse = async (): Promise<never> => {
      throw new VigieError('check-unknown', "there is no check 'home'");
    };
    const server = await serveControl(path, refuse, SILENT_LOG);
    await assert.rejects(handOver(path, manualRun(1)), /refused the run: there is no check 'home'/);
    await server.close();
  });
  it('refuses what is no run of a command, and goes on', async () => {
    const recorded: Run[] = [];
    const server = await serveControl(path, async (run) => void recorded.push(run), SILENT_LOG);
    const slotRun = JSON.stringify({ ...manualRun(1), trigger: 'slot' });
    const climbing = JSON.stringify({ ...manualRun(1), id: '../../etc/passwd' });
    for (const line of ['garbage', '{}', '[]', 'null', slotRun, climbing])
      assert.equal(JSON.parse(await say(`${line}\n`)).ok, false, line);
    await handOver(path, manualRun(2));
    assert.equal(recorded.length, 1);
    await server.close();
  });
  it('refuses to hold more than a run can be', async () => {
    const server = await serveControl(path, async () => assert.fail('must not be recorded'), SILENT_LOG);
    assert.match(await say('x'.repeat(20_000_000), 'x'.repeat(20_000_000)), /33554432 bytes at most/);
    await server.close();
  });
  it('lets go of a command that breaks off', async () => {
    const server = await serveControl(path, async () => {}, SILENT_LOG);
    const socket = createConnection(path);
    await once(socket, 'connect');
    socket.write('{"half":');
    socket.destroy();
    await handOver(path, manualRun(1));
    await server.close();
  });
  it('answers what it is recording before it closes', async () => {
    const asked = Promise.withResolvers<void>();
    const durable = Promise.withResolvers<void>();
    const record = async (): Promise<void> => {
      asked.resolve();
      await durable.promise;
    };
    const server = await serveControl(path, record, SILENT_LOG);
    const handed = handOver(path, manualRun(1));
    await asked.promise;
    const closed = server.close();
    durable.resolve();
    await handed;
    await closed;
  });
  it('tells a command when nobody listens', async () => {
    const isNobody = (error: unknown): boolean => error instanceof VigieError && error.code === 'nobody-listens';
    await assert.rejects(handOver(path, manualRun(1)), isNobody);
  });
});
