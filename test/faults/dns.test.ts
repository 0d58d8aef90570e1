// suite: waits

import assert from 'node:assert/strict';
import { dnsCheck, httpCheck } from '../../app/index.ts';
import { decisive, type Run } from '../../core/run.ts';
import { serveHttp } from '../../synthetic/net/testing/servers.ts';
import { type Name, serveNames } from '../network/names.ts';
import { describeFamily, type Row } from './family.ts';
import type { Monitor } from './monitor.ts';

type World = { readonly resolver: string; readonly page: number };
type Ending = Pick<Row<World>, 'expected' | 'also' | 'run'>;

const LONG_CHAIN = 1_000;
/** A busy machine takes its time to put a thousand aliases together. */
const PATIENT_MS = 5_000;
/** Where no answer will come. */
const brief = { phaseTimeouts: { resolve: 700 } };
const rebinding = { turns: [{ addresses: ['127.0.0.1'] }, { addresses: ['10.0.0.1'] }], turn: 0 };
const TABLE: Readonly<Record<string, Name>> = {
  'well.test': { addresses: ['127.0.0.1'] },
  'broken.test': 'servfail',
  'silent.test': 'silence',
  'garbage.test': 'garbage',
  'cut.test': { addresses: ['127.0.0.1'], truncated: true },
  'chain.test': { aliases: LONG_CHAIN, to: '127.0.0.1' },
  'nowhere.test': { aliases: LONG_CHAIN },
  'six.test': { addresses: ['::1'] },
  'rebinding.test': rebinding,
  'metadata.test': { addresses: ['169.254.169.254'] },
};

/** An http check whose name is resolved by the scripted server. */
function resolving(fault: number, name: string, host: string, ending: Ending, more = {}): Row<World> {
  return {
    fault,
    name,
    check: (id, { resolver, page }) =>
      httpCheck(id, {
        url: `http://${host}:${page}/`,
        resolver: [resolver],
        phaseTimeouts: { resolve: PATIENT_MS },
        ...more,
      }),
    ...ending,
  };
}

/** A dns check of the scripted server, which is then what is watched. */
function asking(name: string, query: string, ending: Ending): Row<World> {
  return {
    fault: 23,
    name: `asked by a dns check: ${name}`,
    check: (id, { resolver }) => dnsCheck(id, { query, servers: [resolver], answerTimeout: '500ms' }),
    ...ending,
  };
}

const rows: readonly Row<World>[] = [
  resolving(23, 'NXDOMAIN', 'absent.test', { expected: { failed: /\(NXDOMAIN\)/, phase: 'resolve' } }),
  resolving(23, 'SERVFAIL', 'broken.test', { expected: { failed: /\(SERVFAIL\)/, phase: 'resolve' } }),
  resolving(
    23,
    'no address of the family',
    'six.test',
    { expected: { failed: /no address/, phase: 'resolve' } },
    { family: 4 },
  ),
  resolving(
    23,
    'no answer',
    'silent.test',
    { expected: { inconclusive: 'resolver-down', blame: 'network', says: /^resolve: / } },
    brief,
  ),
  resolving(
    23,
    'an answer that is not DNS',
    'garbage.test',
    {
      expected: { inconclusive: 'resolver-down', blame: 'network', says: /^resolve: / },
    },
    brief,
  ),
  resolving(23, 'an answer cut over UDP', 'cut.test', { expected: { passed: true } }),
  resolving(23, 'a chain of 1,000 aliases', 'chain.test', { expected: { passed: true } }),
  resolving(23, 'a chain of 1,000 aliases to nowhere', 'nowhere.test', {
    expected: { failed: /no address/, phase: 'resolve' },
  }),
  asking('NXDOMAIN', 'absent.test', { expected: { failed: /NXDOMAIN/ } }),
  asking('SERVFAIL', 'broken.test', { expected: { failed: /SERVFAIL/ } }),
  asking('silence of the server that is watched', 'silent.test', { expected: { failed: /did not answer in time/ } }),
  asking('garbage', 'garbage.test', { expected: { failed: /did not answer in time|not one to our question/ } }),
  asking('cut over UDP', 'cut.test', { expected: { passed: true } }),
  resolving(
    25,
    'the name turns to a private address between two runs',
    'rebinding.test',
    {
      run: turning,
      expected: { inconclusive: 'not-allowed', blame: 'config', says: /^connect: .*10\.0\.0\.1/ },
      also: (run) =>
        assert.equal(
          decisive(run)?.measures.some(({ name }) => name === 'connect'),
          false,
        ),
    },
    { addresses: { allow: ['127.0.0.1'], deny: ['private', 'loopback'] } },
  ),
  resolving(25, 'the name is that of the metadata service', 'metadata.test', {
    expected: { inconclusive: 'not-allowed', blame: 'config', says: /metadata/ },
  }),
];

describeFamily<World>('names that cannot be resolved', {
  rows,
  async open(stack) {
    const page = stack.use(await serveHttp((_request, response) => response.end('hello')));
    return { page: page.port, resolver: stack.use(await serveNames(TABLE)).address };
  },
});

/** Passes once by the first answer, so that nothing may be remembered of it. */
async function turning(id: string, monitor: Monitor): Promise<Run> {
  const first = await monitor.run(id);
  assert.equal(first.verdict.status, 'passed', JSON.stringify(first.verdict));
  rebinding.turn = 1;
  return monitor.run(id);
}
