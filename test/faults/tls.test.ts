// suite: waits

import assert from 'node:assert/strict';
import type { TlsOptions } from 'node:tls';
import { type CheckInput, httpCheck, tlsCheck } from '../../app/index.ts';
import { decisive } from '../../core/run.ts';
import { type Identity, makePki, type Pki } from '../../synthetic/net/testing/pki.ts';
import { serveHttps, serveRaw, serveTcp } from '../../synthetic/net/testing/servers.ts';
import { openTcpProxy, type Toxics } from '../network/tcp-proxy.ts';
import { describeFamily, type Row } from './family.ts';

type Server = { readonly identity: (pki: Pki) => Identity; readonly more?: TlsOptions };
type World = {
  readonly servers: ReadonlyMap<Server, number>;
  readonly proxies: ReadonlyMap<Toxics, number>;
  readonly plain: number;
  readonly alerting: number;
  readonly ca: string;
};
type Options = Parameters<typeof tlsCheck>[1];

const CLIENT_HELLO = 1;
/** A fatal alert: unrecognized_name (RFC 6066). */
const ALERT = new Uint8Array([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);
const servers: Server[] = [];
const ways: Toxics[] = [];

/** A server with a certificate that something is wrong with, checked by both kinds that speak TLS. */
function wrong(name: string, server: Server, says: RegExp, options: Options = {}): readonly Row<World>[] {
  servers.push(server);
  const expected = { failed: says };
  const port = (world: World): number => world.servers.get(server) ?? 0;
  return [
    {
      fault: 35,
      name: `${name}, http`,
      check: (id, world): CheckInput =>
        httpCheck(id, { url: `https://localhost:${port(world)}/`, tls: { ca: world.ca } }),
      expected: { ...expected, phase: 'tls' },
    },
    {
      fault: 35,
      name: `${name}, tls`,
      check: (id, world): CheckInput =>
        tlsCheck(id, { host: 'localhost', port: port(world), ca: world.ca, ...options }),
      expected,
      also: (run) => {
        // An operator wants to know how long a certificate lasts even where the handshake is refused for another reason.
        const days = decisive(run)?.measures.find(({ name: measure }) => measure === 'certificate_time_left');
        assert.notEqual(days, undefined, JSON.stringify(decisive(run)?.measures));
      },
    },
  ];
}

/** Short only where it is waited for. */
function stalled(name: string, toxics: Toxics, says: RegExp, tls = 10_000): Row<World> {
  ways.push(toxics);
  return {
    fault: 36,
    name,
    check: (id, { proxies, ca }): CheckInput =>
      httpCheck(id, { url: `https://localhost:${proxies.get(toxics)}/`, tls: { ca }, phaseTimeouts: { tls } }),
    expected: { failed: says, phase: 'tls' },
  };
}

const good: Server = { identity: ({ valid }) => valid };
const revoked: Server = { identity: (pki) => pki.revoked };
servers.push(good, revoked);

const rows: readonly Row<World>[] = [
  ...wrong('expired', { identity: ({ expired }) => expired }, /a certificate has expired/),
  ...wrong('not yet valid', { identity: ({ notYetValid }) => notYetValid }, /not yet valid/),
  ...wrong('self-signed', { identity: ({ selfSigned }) => selfSigned }, /self-signed/),
  ...wrong('for another host', { identity: ({ wrongHost }) => wrongHost }, /for another host/),
  ...wrong(
    'without its intermediate',
    { identity: ({ chainedIncomplete }) => chainedIncomplete },
    /chain is incomplete/,
  ),
  {
    fault: 35,
    name: 'revoked',
    check: (id, { servers: all, ca }): CheckInput =>
      tlsCheck(id, { host: 'localhost', port: all.get(revoked) ?? 0, ca, revoked: ca.replace('root', 'revoked') }),
    expected: { failed: /the certificate was revoked/ },
  },
  ...wrong('too weak', { identity: ({ weak }) => weak, more: { ciphers: 'DEFAULT@SECLEVEL=0' } }, /too weak/),
  {
    fault: 35,
    name: 'ends within the days asked for',
    check: (id, { servers: all, ca }): CheckInput =>
      tlsCheck(id, { host: 'localhost', port: all.get(good) ?? 0, ca, expect: { daysLeft: 120 } }),
    expected: { failed: /120/ },
  },
  {
    fault: 35,
    name: 'an alert about the name asked for',
    check: (id, { alerting, ca }): CheckInput => httpCheck(id, { url: `https://localhost:${alerting}/`, tls: { ca } }),
    expected: { failed: /TLS handshake failed/, phase: 'tls' },
  },
  {
    fault: 35,
    name: 'no TLS at all',
    check: (id, { plain, ca }): CheckInput => httpCheck(id, { url: `https://localhost:${plain}/`, tls: { ca } }),
    expected: { failed: /TLS handshake failed/, phase: 'tls' },
  },
  stalled('silence after the ClientHello', { downstream: [{ type: 'timeout' }] }, /handshake did not end in time/, 400),
  stalled(
    'silence in the middle of the certificate',
    { downstream: [{ type: 'timeout', afterBytes: 300 }] },
    /did not end in time/,
    400,
  ),
  stalled(
    'reset after the ClientHello',
    { upstream: [{ type: 'reset_peer', afterBytes: CLIENT_HELLO }] },
    /closed during the TLS handshake/,
  ),
  stalled(
    'closed in the middle of the certificate',
    { downstream: [{ type: 'limit_data', bytes: 300 }] },
    /closed during the TLS handshake/,
  ),
];

describeFamily<World>('TLS that cannot be agreed on', {
  rows,
  async open(stack) {
    const pki = await makePki();
    stack.defer(() => pki[Symbol.dispose]());
    const ports = new Map<Server, number>();
    for (const server of servers) {
      const { port } = stack.use(await serveHttps({ ...server.identity(pki), ...server.more }));
      ports.set(server, port);
    }
    const proxies = new Map<Toxics, number>();
    for (const way of ways) proxies.set(way, stack.use(await openTcpProxy(ports.get(good) ?? 0, way)).port);
    const alerting = stack.use(await serveRaw(ALERT));
    const plain = stack.use(await serveTcp((socket) => void socket.resume().end('220 smtp.test ready\r\n')));
    return { servers: ports, proxies, plain: plain.port, alerting: alerting.port, ca: `${pki.folder}/root.pem` };
  },
});
