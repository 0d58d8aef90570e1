import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { it } from 'node:test';
import { type Name, serveNames } from './names.ts';

/** What a resolver that knows nothing of us makes of a name: addresses, or the code of its error. */
async function lookUp(said: Name, name = 'x.test'): Promise<string> {
  await using server = await serveNames({ 'x.test': said });
  const resolver = new Resolver({ timeout: said === 'silence' ? 200 : 10_000, tries: 1 });
  resolver.setServers([server.address]);
  return await resolver.resolve4(name).then(
    (list) => list.join(),
    (error: NodeJS.ErrnoException) => error.code ?? '',
  );
}

it('a scripted name server says what it was told to, each in the way a resolver knows it', async () => {
  assert.equal(await lookUp({ addresses: ['192.0.2.1', '2001:db8::1', '192.0.2.2'] }), '192.0.2.1,192.0.2.2');
  assert.equal(await lookUp('nxdomain'), 'ENOTFOUND');
  assert.equal(await lookUp('servfail', 'X.test'), 'ESERVFAIL');
  assert.equal(await lookUp('silence'), 'ETIMEOUT');
  assert.equal(await lookUp('garbage'), 'EBADRESP');
  assert.equal(await lookUp({ addresses: ['192.0.2.1'] }, 'unknown.test'), 'ENOTFOUND');
});

it('what is cut over UDP is whole over TCP', async () => {
  await using server = await serveNames({ 'x.test': { addresses: ['192.0.2.1'], truncated: true } });
  const resolver = new Resolver();
  resolver.setServers([server.address]);
  assert.deepEqual(await resolver.resolve4('x.test'), ['192.0.2.1']);
  assert.deepEqual(
    server.asked.map(({ over }) => over),
    ['udp', 'tcp'],
  );
});

it('a chain of aliases ends where it should, and turns follow each other', async () => {
  assert.equal(await lookUp({ aliases: 1_000, to: '192.0.2.7' }), '192.0.2.7');
  assert.equal(await lookUp({ aliases: 3 }), '');
  const turns: Name & object = { turns: [{ addresses: ['192.0.2.1'] }, { addresses: ['10.0.0.1'] }], turn: 0 };
  assert.equal(await lookUp(turns), '192.0.2.1');
  turns.turn = 5;
  assert.equal(await lookUp(turns), '10.0.0.1');
});
