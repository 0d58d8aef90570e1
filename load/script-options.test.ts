import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { z } from 'zod';
import { allowEnvironment } from '../process/environment.ts';
import { runProcess } from '../process/run-process.ts';
import { NO_K6, REAL_K6 } from './fixtures/context.ts';
import { mistypedOption, SCRIPT_OPTIONS } from './script-options.ts';

it('the options of scripts are those of the k6 that is installed', { skip: NO_K6 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-k6-options-'));
  const script = join(folder, 'empty.js');
  await writeFile(script, 'export default function () {}');
  const { stdout } = await runProcess({
    command: REAL_K6 ?? '',
    args: ['inspect', script],
    env: allowEnvironment([], { HOME: folder }),
    deadlineMs: 60_000,
  });
  await rm(folder, { recursive: true });
  const listed = Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(stdout)));
  assert.deepEqual([...listed, 'cloud'].sort(), [...SCRIPT_OPTIONS].sort());
});

it('an option that is near a known one was meant to be it, another one is the matter of the author', () => {
  for (const [typed, meant] of [
    ['threshold', 'thresholds'],
    ['Thresholds', 'thresholds'],
    ['stage', 'stages'],
    ['iteration', 'iterations'],
    ['scenario', 'scenarios'],
  ])
    assert.match(mistypedOption(typed) ?? '', new RegExp(`did you mean '${meant}'`), typed);
  for (const other of ['projectNumber', 'comment', undefined]) assert.equal(mistypedOption(other), undefined, other);
});
