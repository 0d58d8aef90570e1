// suite: waits

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { type Daemon, makeWorkspace, startVigie, until } from '../e2e/vigie-process.ts';
import { type Networks, openNetworks, whyNoNetworks } from './networks.ts';

const [RESOLVER, ONE, TWO, THREE, CONTROL, RECEIVER] = [2, 3, 4, 5, 6, 7].map((last) => `10.231.7.${last}`);
const OUTSIDE = [RESOLVER, ONE, TWO, THREE, CONTROL, RECEIVER].map(String);
const NAMES = { 'one.example': String(ONE), 'two.test': String(TWO), 'three.invalid': String(THREE) };

const WITHIN_MS = 90_000;
/** Each look is a process of its own. */
const LOOK_MS = 300;

const checks = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      latest: z.object({ status: z.string() }).optional(),
      uptime24h: z.object({ counts: z.record(z.string(), z.number()) }),
    }),
  ),
});

/** A monitor in a network of its own that watches three targets in another, every second. */
async function stage(urls: readonly string[], controls: readonly string[]) {
  const networks = await openNetworks(OUTSIDE, NAMES);
  const workspace = makeWorkspace();
  workspace.config(`{
    target: { name: 'shop', url: '${urls[0]}', environment: 'test' },
    channels: [v.webhook('hook', { url: 'http://${RECEIVER}/hook', timeout: '1s' })],
    settings: { web: { port: 0 }, controls: ${JSON.stringify(controls)} },
    checks: [${urls.map((url, index) => `v.httpCheck('c${index}', { url: '${url}', every: '1s', timeout: '1s', incident: { recoveries: 1 } })`).join(', ')}],
  }`);
  const daemon = await startVigie(workspace.folder, {}, [], networks.within);
  const look = (): z.output<typeof checks>['checks'] => askInside(networks, daemon);
  const told = (): readonly string[] =>
    networks.notices.map(({ change, track, check }) => `${track} ${change} ${check.id}`);
  return {
    networks,
    daemon,
    told,
    look,
    /** All checks pass, now. */
    isWell: () =>
      until(
        'all to pass',
        () => look().every(({ latest }) => latest?.status === 'passed') || undefined,
        daemon.output,
        WITHIN_MS,
        LOOK_MS,
      ),
    hears: (line: string, times = 1) =>
      until(`'${line}'`, () => told().filter((one) => one === line).length >= times || undefined, daemon.output),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      workspace[Symbol.dispose]();
      await networks[Symbol.asyncDispose]();
    },
  };
}

/** The monitor's page is on its own loopback, where only a process of its network can ask. */
function askInside({ within }: Networks, { url }: Daemon): z.output<typeof checks>['checks'] {
  const [command = '', ...args] = within;
  const ask = `process.stdout.write(await (await fetch(${JSON.stringify(`${url}/api/v1/checks`)})).text())`;
  const said = execFileSync(command, [...args, process.execPath, '--input-type=module', '-e', ask], {
    encoding: 'utf8',
  });
  return checks.parse(JSON.parse(said)).checks;
}

const OPENED = 'fault opened vigie.network-down';
const RECOVERED = 'fault recovered vigie.network-down';
const missing = whyNoNetworks();

describe('our own network', { skip: missing ?? false, concurrency: 2 }, () => {
  it('down: no target is blamed, one incident of the monitor is told after it is back, and uptime does not know', async () => {
    await using world = await stage(
      [ONE, TWO, THREE].map((address) => `http://${address}/`),
      [`tcp://${CONTROL}:80`],
    );
    const { networks, daemon, told, hears, isWell, look } = world;
    await isWell();
    // The cable: the kernel says at once that there is no way.
    networks.link('down');
    await daemon.said(/incident opened: Vigie itself, network-down/);
    assert.deepEqual(told(), []);
    networks.link('up');
    await hears(RECOVERED);
    assert.deepEqual(told(), [OPENED, RECOVERED]);
    // The line behind our router: nobody says anything, only the control tells.
    await isWell();
    networks.addresses('del', OUTSIDE);
    await daemon.said(/(?:incident opened: Vigie itself, network-down[\s\S]*){2}/);
    networks.addresses('add', OUTSIDE);
    await hears(RECOVERED, 2);
    assert.deepEqual(told(), [OPENED, RECOVERED, OPENED, RECOVERED]);
    for (const { uptime24h } of look()) {
      assert.equal(uptime24h.counts.bad, 0);
      assert.ok((uptime24h.counts.unknown ?? 0) > 0);
    }
    // One target of three: the control answers, so it is the target.
    networks.addresses('del', [String(TWO)]);
    await hears('target opened c1');
    networks.addresses('add', [String(TWO)]);
    await hears('target recovered c1');
    assert.equal(told().length, 6);
  });

  it('with a resolver that keeps silent: one incident of the monitor, and none of a target', async () => {
    await using world = await stage(
      Object.keys(NAMES).map((name) => `http://${name}/`),
      [],
    );
    const { networks, daemon, told, hears, isWell, look } = world;
    await isWell();
    networks.resolver('silent');
    await daemon.said(/incident opened: Vigie itself, resolver-down/);
    await hears('fault opened vigie.resolver-down');
    networks.resolver('well');
    await hears('fault recovered vigie.resolver-down');
    assert.deepEqual(told(), ['fault opened vigie.resolver-down', 'fault recovered vigie.resolver-down']);
    for (const { uptime24h } of look()) assert.equal(uptime24h.counts.bad, 0);
  });
});
