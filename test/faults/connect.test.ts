// suite: waits

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type CheckInput, httpCheck, tcpCheck, tlsCheck } from '../../app/index.ts';
import { decisive, type Run } from '../../core/run.ts';
import { blackHole, closedPort, serveHttp, serveTcp } from '../../synthetic/net/testing/servers.ts';
import { serveNames } from '../network/names.ts';
import { openTcpProxy, type Toxics } from '../network/tcp-proxy.ts';
import { describeFamily, type Row } from './family.ts';

type World = {
  readonly closed: number;
  readonly hole: number;
  readonly silent: number;
  readonly twoFamilies: number;
  readonly resolver: string;
  /** A proxy with these toxics in front of a page of 4,000 bytes. */
  readonly proxies: ReadonlyMap<Toxics, number>;
};

const CONNECT_MS = 600;
/** Far more than a busy machine needs, far less than what trickles would take. */
const LATE_MS = 4_000;
const at = (port: number): string => `http://127.0.0.1:${port}/`;

/** A page whose way is spoilt. */
function spoilt(fault: number, name: string, toxics: Toxics, rest: Pick<Row<World>, 'expected' | 'also'>): Row<World> {
  // Short only where it is waited for.
  const timeout = rest.also === undefined ? '20s' : '1500ms';
  const check = (id: string, { proxies }: World): CheckInput =>
    httpCheck(id, { url: at(proxies.get(toxics) ?? 0), timeout });
  spoiltWays.push(toxics);
  return { fault, name, check, ...rest };
}
const spoiltWays: Toxics[] = [];

function elapsed(least: number): NonNullable<Row<World>['also']> {
  return (run: Run, _world: World, test: TestContext) => {
    const { durationMs } = run.attempts[0] ?? { durationMs: 0 };
    test.diagnostic(`ended ${Math.round(durationMs - least)} ms after its limit of ${least} ms`);
    assert.ok(durationMs >= least - 5 && durationMs < least + LATE_MS, `${durationMs} ms`);
  };
}

const rows: readonly Row<World>[] = [
  {
    fault: 26,
    name: 'nothing listens',
    check: (id, { closed }) => httpCheck(id, { url: at(closed) }),
    expected: { failed: /the connection was refused/, phase: 'connect' },
  },
  spoilt(
    26,
    'reset before the answer',
    { upstream: [{ type: 'reset_peer' }] },
    {
      expected: { failed: /before the answer began/, phase: 'first_byte' },
    },
  ),
  spoilt(
    26,
    'reset in the middle of the head',
    { downstream: [{ type: 'reset_peer', afterBytes: 20 }] },
    {
      expected: { failed: /in the middle of the head, after 20 bytes/, phase: 'first_byte' },
    },
  ),
  spoilt(
    26,
    'reset in the middle of the body',
    { downstream: [{ type: 'reset_peer', afterBytes: 1_000 }] },
    {
      expected: { failed: /in the middle of the body/, phase: 'transfer' },
    },
  ),
  spoilt(
    26,
    'an orderly end in the middle of the body',
    { downstream: [{ type: 'limit_data', bytes: 1_000 }] },
    {
      expected: { failed: /in the middle of the body/, phase: 'transfer' },
    },
  ),
  {
    fault: 27,
    name: 'a port that swallows everything, http',
    check: (id, { hole }) => httpCheck(id, { url: at(hole), phaseTimeouts: { connect: CONNECT_MS } }),
    expected: { failed: /nothing answered in time/, phase: 'connect' },
    also: elapsed(CONNECT_MS),
  },
  {
    fault: 27,
    name: 'a port that swallows everything, tcp, by the deadline of the check',
    check: (id, { hole }) => tcpCheck(id, { host: '127.0.0.1', port: hole, timeout: '700ms' }),
    expected: { failed: /nothing answered in time/, phase: 'connect' },
    also: elapsed(700),
  },
  {
    fault: 28,
    name: 'accepts, then silence',
    check: (id, { silent }) => httpCheck(id, { url: at(silent), phaseTimeouts: { firstByte: 400 } }),
    expected: { failed: /did not begin in time/, phase: 'first_byte' },
    also: elapsed(400),
  },
  {
    fault: 28,
    name: 'accepts, then silence where TLS should be spoken',
    check: (id, { silent }) => tlsCheck(id, { host: '127.0.0.1', port: silent, phaseTimeouts: { tls: 400 } }),
    expected: { failed: /TLS handshake did not end in time/, phase: 'tls' },
  },
  spoilt(
    28,
    'the line goes dead in the body',
    { downstream: [{ type: 'timeout', afterBytes: 1_000 }] },
    {
      expected: { failed: /the body did not end in time/, phase: 'transfer' },
      also: elapsed(1_500),
    },
  ),
  spoilt(
    29,
    'a head that trickles byte by byte',
    { downstream: [{ type: 'slicer', bytes: 1, delayMs: 50 }] },
    {
      expected: { failed: /did not begin in time/, phase: 'first_byte' },
      also: elapsed(1_500),
    },
  ),
  spoilt(
    29,
    'a body that trickles',
    { downstream: [{ type: 'slicer', bytes: 200, delayMs: 150 }] },
    {
      expected: { failed: /the body did not end in time/, phase: 'transfer' },
      also: elapsed(1_500),
    },
  ),
  spoilt(
    29,
    'slow, but in time',
    {
      downstream: [
        { type: 'latency', delayMs: 80 },
        { type: 'bandwidth', bytesPerSecond: 20_000 },
        { type: 'slow_close', delayMs: 200 },
      ],
    },
    {
      expected: { passed: true },
    },
  ),
  {
    fault: 37,
    name: 'IPv6 swallows everything, IPv4 answers',
    check: (id, { twoFamilies, resolver }) =>
      httpCheck(id, { url: `http://both.test:${twoFamilies}/`, resolver: [resolver] }),
    expected: { passed: true },
    also: (run) => assert.match(JSON.stringify(decisive(run)?.facts), /::1 slow/),
  },
  {
    fault: 37,
    name: 'IPv6 swallows everything and is the family asked for',
    check: (id, { twoFamilies, resolver }) =>
      httpCheck(id, {
        url: `http://both.test:${twoFamilies}/`,
        resolver: [resolver],
        family: 6,
        phaseTimeouts: { connect: 400 },
      }),
    expected: { failed: /nothing answered in time/, phase: 'connect' },
  },
];

describeFamily<World>('connections that break', {
  rows,
  async open(stack) {
    const page = stack.use(await serveHttp((_request, response) => response.end('x'.repeat(4_000))));
    const silent = stack.use(await serveTcp((socket) => void socket.resume()));
    stack.use(await blackHole('::1', page.port));
    const proxies = new Map<Toxics, number>();
    for (const toxics of spoiltWays) proxies.set(toxics, stack.use(await openTcpProxy(page.port, toxics)).port);
    return {
      closed: await closedPort(),
      hole: stack.use(await blackHole()).port,
      silent: silent.port,
      twoFamilies: page.port,
      resolver: stack.use(await serveNames({ 'both.test': { addresses: ['::1', '127.0.0.1'] } })).address,
      proxies,
    };
  },
});
