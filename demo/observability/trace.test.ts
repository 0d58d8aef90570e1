import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDemo } from '../start.ts';
import { continueTrace, traceResponse } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a trace is continued with a span of its own', () => {
  const trace = continueTrace(`00-${traceId}-00f067aa0ba902b7-01`);
  assert.equal(trace.traceId, traceId);
  assert.notEqual(trace.spanId, '00f067aa0ba902b7');
  assert.equal(traceResponse(trace), `00-${traceId}-${trace.spanId}-01`);
});

test('a header that breaks the specification begins a new trace', () => {
  const zeros = '0'.repeat(32);
  const bad = [
    undefined,
    '',
    'x',
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${zeros}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-00f067aa0ba902b7-01-more`,
  ];
  for (const header of bad) {
    const trace = continueTrace(header);
    assert.notEqual(trace.traceId, traceId);
    assert.match(trace.traceId, /^[\da-f]{32}$/);
  }
});

test('the trace stands in the answer and in the access log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-log-'));
  const accessLogFile = join(folder, 'access.log');
  const demo = await startDemo({ accessLogFile });
  const response = await fetch(`${demo.apiUrl}/api/`, {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  assert.equal(response.headers.get('x-trace-id'), traceId);
  assert.match(response.headers.get('traceresponse') ?? '', new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`));
  await demo.close();
  const [line = ''] = (await readFile(accessLogFile, 'utf8')).split('\n');
  const entry = JSON.parse(line);
  assert.deepEqual([entry.trace_id, entry.path, entry.status, entry.service], [traceId, '/api/', 200, 'api']);
});
