import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { Clock } from '../../core/clock.ts';
import { guardAddresses } from './addresses.ts';
import { Attempt } from './attempt.ts';
import { connectTo, type Destination } from './connector.ts';
import { realClock } from './testing/context.ts';
import { blackHole, closedPort, serveTcp } from './testing/servers.ts';

const GUARD = guardAddresses({ allow: [], deny: [] });

async function connect(
  destination: Partial<Destination> & Pick<Destination, 'addresses' | 'port'>,
  clock: Clock = realClock,
): Promise<{ address: string; passedOver: readonly string[] }> {
  const attempt = new Attempt({ signal: AbortSignal.timeout(20_000), clock, timeoutMs: 20_000 });
  try {
    const { address, passedOver } = await connectTo(attempt, { guard: GUARD, phase: 'connect', ...destination });
    return { address: address.address, passedOver };
  } finally {
    attempt.end();
  }
}
const four = (address: string): { address: string; family: 4 } => ({ address, family: 4 });

test('an address that refuses is passed over at once and told', async () => {
  await using server = await serveTcp(() => {}, '127.0.0.2');
  // With a clock that wakes nobody, only the refusal itself can start the next address.
  const sleeping: Clock = { ...realClock, schedule: () => () => {} };
  const found = await connect({ addresses: [four('127.0.0.3'), four('127.0.0.2')], port: server.port }, sleeping);
  assert.deepEqual(found, { address: '127.0.0.2', passedOver: ['127.0.0.3 ECONNREFUSED'] });
});

test('broken IPv6 beside working IPv4 costs one head start', async () => {
  await using hole = await blackHole();
  const server = createServer();
  // The same port on another loopback address plays the family that works.
  await new Promise<void>((resolve) => server.listen(hole.port, '127.0.0.2', resolve));
  const startedAt = performance.now();
  const found = await connect({ addresses: [four('127.0.0.1'), four('127.0.0.2')], port: hole.port });
  const tookMs = performance.now() - startedAt;
  server.close();
  assert.deepEqual(found, { address: '127.0.0.2', passedOver: ['127.0.0.1 slow'] });
  assert.ok(tookMs >= 240, `${tookMs} ms`);
});

test('when none answers, the reason that explains most is told with all of them', async () => {
  const port = await closedPort();
  const addresses = [four('127.0.0.1'), four('127.0.0.2')];
  await assert.rejects(connect({ addresses, port }), {
    code: 'ECONNREFUSED',
    detail: `127.0.0.1:${port} ECONNREFUSED, 127.0.0.2:${port} ECONNREFUSED`,
  });
});

test('addresses that may not be reached are left out; when none is left nothing is connected', async () => {
  await using server = await serveTcp(() => {});
  const guard = guardAddresses({ allow: [], deny: ['127.0.0.2'] });
  const found = await connect({ addresses: [four('127.0.0.2'), four('127.0.0.1')], port: server.port, guard });
  assert.deepEqual(found, { address: '127.0.0.1', passedOver: [] });
  await assert.rejects(connect({ addresses: [four('127.0.0.2')], port: server.port, guard }), { code: 'NOT_ALLOWED' });
});
