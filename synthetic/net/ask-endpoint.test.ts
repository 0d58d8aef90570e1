import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AskedEndpoint, askEndpoint } from './ask-endpoint.ts';
import { NameResolver } from './resolver.ts';
import { realClock } from './testing/context.ts';
import { makePki } from './testing/pki.ts';
import { blackHole, closedPort, serveTcp, serveTls } from './testing/servers.ts';

const ask = (endpoint: AskedEndpoint, deny: readonly string[] = []) => {
  const resolver = new NameResolver(realClock);
  const parts = { clock: realClock, resolver, timeoutMs: 1_000, addresses: { allow: [], deny } };
  return askEndpoint(endpoint, parts).finally(() => resolver.close());
};

describe('an endpoint that is asked whether it is there', () => {
  it('is reached when it accepts a connection', async () => {
    await using server = await serveTcp(() => {});
    const { port } = server;
    assert.deepEqual(await ask({ host: '127.0.0.1', port }), { endpoint: `127.0.0.1:${port}`, reached: true });
  });
  it('with TLS is reached when it ends a handshake, whatever its certificate', async () => {
    using pki = await makePki();
    await using server = await serveTls(pki.selfSigned);
    const { port } = server;
    assert.equal((await ask({ host: '127.0.0.1', port, isSecure: true }))?.reached, true);
  });
  it('with TLS is not reached when it only accepts, as a router does that answers for everybody', async () => {
    await using server = await serveTcp(() => {});
    assert.equal((await ask({ host: '127.0.0.1', port: server.port, isSecure: true }))?.reached, false);
  });
  it('is not reached when it refuses, or keeps silent until the time is over', async () => {
    assert.equal((await ask({ host: '127.0.0.1', port: await closedPort() }))?.reached, false);
    await using hole = await blackHole();
    assert.equal((await ask({ host: '127.0.0.1', port: hole.port }))?.reached, false);
  });
  it('says nothing of a name when nobody had to be asked for it', async () => {
    assert.equal((await ask({ host: 'localhost', port: await closedPort() }))?.name, undefined);
  });
  it('is no witness when it may not be reached', async () => {
    assert.equal(await ask({ host: '127.0.0.1', port: 1 }, ['loopback']), undefined);
    assert.equal(await ask({ host: '169.254.169.254', port: 80 }), undefined);
  });
});
