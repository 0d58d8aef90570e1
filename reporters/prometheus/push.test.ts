import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { openOutbound } from '../../outbound/open-outbound.ts';
import { locatePushgateway } from '../../process/locate-tools.ts';
import { startPrometheusTool } from '../testing/prometheus-tool.ts';
import { oneRunOfEachKind } from '../testing/sample-runs.ts';
import { openMetricsRegistry } from './metrics-registry.ts';
import { pushMetrics } from './push.ts';

const outbound = openOutbound({ refusal: () => undefined });
const found = await locatePushgateway();

describe('pushing metrics', () => {
  it('puts runs of every kind on a real Pushgateway, group by group', {
    skip: found.found ? false : `pushgateway is missing: ${found.mend}`,
  }, async () => {
    await using gateway = await startPrometheusTool(found.found ? found.path : '', () => []);
    const push = async (ids: RegExp, group: string): Promise<void> => {
      const all = oneRunOfEachKind().filter(({ check }) => ids.test(check.id));
      const registry = openMetricsRegistry({ location: 'local', version: '0.0.0' });
      await registry.plan({ checks: all.map(({ check }) => check), channels: [], loadedAt: 0 });
      for (const { run } of all) registry.run(run);
      const { contentType } = registry;
      const text = await registry.render();
      const signal = AbortSignal.timeout(20_000);
      const grouping = { location: 'local', group };
      assert.equal(
        await pushMetrics({ url: `${gateway.url}/`, grouping, text, contentType, signal, outbound }),
        undefined,
      );
    };
    const held = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
    await push(/.*/, 'all');
    assert.match(await held(), /^vigie_check_state\{.*check="journey-check".*job="vigie".*state="failed".*} 1$/m);
    await push(/^http/, 'one');
    const both = await held();
    assert.match(
      both,
      /^probe_success\{check="http-check",environment="test",group="one",instance="https:.*",job="vigie",location="local"} 1$/m,
    );
    assert.match(both, /check="journey-check"/, 'another group stays');
    await push(/^dns/, 'all');
    assert.doesNotMatch(await held(), /check="journey-check"/, 'the group is replaced whole');
  });

  const endings: readonly (readonly [name: string, answer: RequestListener, expected: RegExp])[] = [
    [
      'a refusal',
      (_, response) => response.writeHead(400).end('pushed metrics\n are invalid\n'),
      /answered 400: pushed metrics are invalid$/,
    ],
    [
      'a broken connection',
      (request) => request.socket.destroy(),
      /could not be reached: (socket hang up|read ECONNRESET)$/,
    ],
    ['a gateway that never answers', () => {}, /could not be reached: .*(timeout|aborted)/],
  ];
  for (const [name, answer, expected] of endings)
    it(`tells ${name}`, async () => {
      await using server = await serve(answer);
      const signal = AbortSignal.timeout(name.includes('never') ? 100 : 20_000);
      const url = `http://user:p%40ss-word@127.0.0.1:${server.port}`;
      const problem = await pushMetrics({ url, grouping: {}, text: '', contentType: 'text/plain', signal, outbound });
      assert.match(problem ?? '', expected);
      assert.doesNotMatch(problem ?? '', /p%40ss-word|p@ss-word/);
    });

  it('tells an address where nobody listens, and gives user and password as the gateway expects them', async () => {
    const seen: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.end();
    });
    const url = `http://user:p%40ss-word@127.0.0.1:${server.port}/prefix/`;
    const push = () =>
      pushMetrics({
        url,
        grouping: { location: 'lokal é' },
        text: 'x 1\n',
        contentType: 'text/plain',
        signal: AbortSignal.timeout(20_000),
        outbound,
      });
    assert.equal(await push(), undefined);
    assert.deepEqual(seen, [
      '/prefix/metrics/job/vigie/location/lokal%20%C3%A9',
      `Basic ${Buffer.from('user:p@ss-word').toString('base64')}`,
    ]);
    await server[Symbol.asyncDispose]();
    assert.match(
      (await push()) ?? '',
      /^the Pushgateway http:\/\/127\.0\.0\.1:\d+ could not be reached: connect ECONNREFUSED/,
    );
  });
});

async function serve(answer: RequestListener): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
