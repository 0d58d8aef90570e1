import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { defineKind } from '../core/kind.ts';
import { EMPTY_OBSERVATION } from '../core/observation.ts';
import { buildPlan, type PlanResult } from './build-plan.ts';
import { type ConfigInput, checkFunction, defineConfig, secret, webhook } from './define.ts';

const probe = defineKind({
  kind: 'http',
  schema: z.strictObject({ url: z.string().default('/'), file: z.string().optional() }),
  lane: () => 'light',
  defaultTimeoutMs: 10_000,
  evidence: () => [],
  measures: {
    total: { unit: 'ms', help: 'all of it' },
    'step.*': { unit: 'ms', help: 'a step' },
    bytes: { unit: 'bytes', help: 'size' },
  },
  endings: [],
  needs: () => [],
  files: (options) => (options.file === undefined ? [] : [options.file]),
  open: async () => undefined,
  close: async () => {},
  run: async () => EMPTY_OBSERVATION,
});
const httpCheck = checkFunction<typeof probe>('http');
const target = { name: 'shop', url: 'https://shop.example' };

function build(value: unknown, overrides = {}): PlanResult {
  const dependencies = {
    kinds: [probe],
    fileExists: (path: string) => path.endsWith('there.ts'),
    isAddressRule: (text: string) => text === 'private',
    cronProblem: (expression: string) => (expression === 'bad' ? "'bad' is not a cron expression" : undefined),
    spreadOffset: () => 42,
  };
  return buildPlan({ value, file: '/etc/vigie.config.ts', folder: '/etc', overrides }, dependencies);
}
const config = (checks: ConfigInput['checks'], more: Partial<ConfigInput> = {}): ConfigInput =>
  defineConfig({ target, checks, ...more });
const said = (problems: readonly Diagnostic[]): string =>
  problems.map(({ path, message, hint }) => `${path}|${message}|${hint ?? ''}`).join('\n');

describe('controls', () => {
  const controls = (...list: readonly string[]) =>
    build(config([httpCheck('a', { every: '1m' })], { settings: { controls: [...list] } }));
  it('are hosts and ports, with TLS or without', () => {
    const { plan, problems } = controls(
      'https://www.example.org',
      'https://example.net:8443/',
      'tcp://192.0.2.1:53',
      'tcp://[2001:db8::1]:853',
    );
    assert.equal(said(problems), '');
    assert.deepEqual(plan?.settings.controls, [
      { host: 'www.example.org', port: 443, isSecure: true },
      { host: 'example.net', port: 8_443, isSecure: true },
      { host: '192.0.2.1', port: 53, isSecure: false },
      { host: '2001:db8::1', port: 853, isSecure: false },
    ]);
  });
  for (const wrong of [
    'www.example.org',
    'http://example.org',
    'tcp://example.org',
    'https://example.org/path',
    'https://u:p@example.org',
    'https://example.org?q',
  ])
    it(`are refused otherwise: ${wrong}`, () =>
      assert.match(said(controls(wrong).problems), /is not a control: write/));
  it('are five at most', () => {
    assert.match(said(controls(...new Array<string>(6).fill('tcp://192.0.2.1:53')).problems), /settings\.controls/);
  });
});

describe('a check', () => {
  it('cannot have an id of the monitor itself', () => {
    const { problems } = build(config([httpCheck('vigie.network-down', { every: '1m' })]));
    assert.match(said(problems), /'vigie\.network-down' is not free/);
  });
});

describe('a valid configuration', () => {
  it('gives frozen checks with defaults applied and units parsed', () => {
    const { plan, problems } = build(
      config([httpCheck('home', { every: '30s', budgets: { total: { warn: '<= 300ms', fail: '<= 1.5s' } } })]),
    );
    assert.equal(said(problems), '');
    const check = plan?.checks[0];
    assert.equal(check?.timeoutMs, 10_000);
    assert.equal(check?.severity, 'P3');
    assert.deepEqual(check?.schedule, { type: 'interval', everyMs: 30_000, offsetMs: 42 });
    assert.deepEqual(check?.budgets[0]?.fail, { comparison: '<=', value: 1_500, unit: 'ms' });
    assert.ok(Object.isFrozen(check?.budgets[0]));
  });
  it('keeps limits relative to a baseline apart from fixed ones', () => {
    const { plan, problems } = build(
      config([
        httpCheck('home', {
          every: '30s',
          budgets: {
            total: [
              { noWorseThan: { by: '5%' }, fail: '<= 2s' },
              { aggregate: 'p95', noWorseThan: { by: '20ms' } },
            ],
          },
        }),
      ]),
    );
    assert.equal(said(problems), '');
    const check = plan?.checks[0];
    assert.deepEqual(
      check?.budgets.map(({ name }) => name),
      ['total'],
    );
    assert.deepEqual(check?.relativeBudgets, [
      { name: 'total', measure: 'total', aggregate: 'median', effect: { by: 0.05, ratio: true }, better: 'lower' },
      { name: 'total p95', measure: 'total', aggregate: 'p95', effect: { by: 20, ratio: false }, better: 'lower' },
    ]);
  });
  it('lets the options of a check win over the defaults, and its schedule replace theirs', () => {
    const { plan } = build(
      config([httpCheck('a', { cron: '0 3 * * *', severity: 'P1' }), httpCheck('b', {})], {
        defaults: { every: '1m', severity: 'P2' },
      }),
    );
    assert.deepEqual(
      plan?.checks.map((check) => [check.schedule.type, check.severity]),
      [
        ['cron', 'P1'],
        ['interval', 'P2'],
      ],
    );
  });
  it('changes the hash of a check exactly when its meaning changes', () => {
    const hash = (timeout: '1s' | '2s'): string | undefined =>
      build(config([httpCheck('a', { every: '1m', timeout })])).plan?.checks[0]?.hash;
    assert.equal(hash('1s'), hash('1s'));
    assert.notEqual(hash('1s'), hash('2s'));
  });
  it('aims at another URL on demand and arms only addresses of this machine by itself', () => {
    const { plan } = build(config([httpCheck('a', { every: '1m' })]), {
      targets: ['http://127.0.0.1:8080', 'api=http://127.0.0.1:5000'],
    });
    assert.equal(plan?.checks[0]?.target.baseUrl, 'http://127.0.0.1:8080');
    assert.deepEqual(plan?.checks[0]?.target.origins, { api: 'http://127.0.0.1:5000' });
    assert.equal(plan?.checks[0]?.target.production, false);
    assert.deepEqual(plan?.settings.loadAllow, ['127.0.0.1']);
    assert.equal(build(config([httpCheck('a', { every: '1m' })])).plan?.checks[0]?.target.production, true);
  });
  it('applies an environment: parts of target, checks changed and left out', () => {
    const environments = {
      staging: { target: { url: 'https://staging.shop.example' }, checks: { a: { every: '5m' }, b: false as const } },
    };
    const { plan } = build(
      config([httpCheck('a', { every: '1m' }), httpCheck('b', { every: '1m' })], { environments }),
      { environment: 'staging' },
    );
    assert.deepEqual(
      plan?.checks.map(({ id, schedule }) => [id, schedule.type === 'interval' ? schedule.everyMs : 0]),
      [['a', 300_000]],
    );
    assert.equal(plan?.checks[0]?.target.environment, 'staging');
  });
});

describe('a wrong configuration', () => {
  it('is refused with every problem at once, each with its path and a suggestion', () => {
    const wrong = {
      kind: 'http',
      id: 'home',
      options: { every: 'soon', timout: '3s', budgets: { totl: { fail: '<= 1s' }, bytes: { fail: '<= 300ms' } } },
    };
    const text = said(build({ target, checks: [wrong], chanels: [] }).problems);
    assert.match(text, /chanels\|unknown key 'chanels'\|did you mean 'channels'/);
    const inner = said(build({ target, checks: [wrong] }).problems);
    assert.match(inner, /checks\[0\] \(home\)\.every\|"soon" is not a duration/);
    assert.match(inner, /checks\[0\] \(home\)\.timout\|unknown key 'timout'\|did you mean 'timeout'/);
  });
  it('names the measures a kind knows and the units a budget takes', () => {
    const wrong = {
      kind: 'http',
      id: 'home',
      options: {
        every: '1s',
        budgets: {
          totl: { fail: '<= 1s' },
          bytes: [{ fail: '<= 300ms' }, { noWorseThan: { by: '5ms' } }, { noWorseThan: { by: '0%' } }],
          total: {},
        },
      },
    };
    const text = said(build({ target, checks: [wrong] }).problems);
    assert.match(text, /does not measure 'totl'\|did you mean 'total'/);
    assert.match(text, /budgets\['bytes'\]\[0\]\.fail\|'300ms' is not a quantity in bytes \(that is a ms\)/);
    assert.match(text, /budgets\['total'\]\|a budget without a limit/);
    assert.match(text, /budgets\['bytes'\]\[1\]\.noWorseThan\.by\|'5ms' is not a quantity in bytes/);
    assert.match(text, /budgets\['bytes'\]\[2\]\.noWorseThan\.by\|'0%' is no change/);
  });
  const rows: readonly (readonly [string, unknown, RegExp])[] = [
    ['no checks at all', config([]), /checks\|there are no checks/],
    ['no target', { checks: [httpCheck('a', { every: '1m' })] }, /target\|no target/],
    [
      'duplicate ids',
      config([httpCheck('a', { every: '1m' }), httpCheck('a', { every: '1m' })]),
      /checks\[1\]\|the id 'a' is taken by checks\[0\]/,
    ],
    ['no schedule', config([httpCheck('a', {})]), /no schedule/],
    [
      'two schedules',
      config([httpCheck('a', { every: '1m', cron: '* * * * *' })]),
      /every and cron exclude each other/,
    ],
    ['a bad cron expression', config([httpCheck('a', { cron: 'bad' })]), /\.cron\|'bad' is not a cron expression/],
    [
      'a file that is not there',
      config([httpCheck('a', { every: '1m', file: 'gone.ts' })]),
      /the file 'gone\.ts' cannot be read/,
    ],
    [
      'an unknown channel',
      config([httpCheck('a', { every: '1m', channels: ['opps'] })], {
        channels: [webhook('ops', { url: 'https://ops.example' })],
      }),
      /no channel 'opps'\|did you mean 'ops'/,
    ],
    [
      'an unknown kind',
      { target, checks: [{ kind: 'htp', id: 'a', options: {} }] },
      /no kind 'htp'\|did you mean 'http'/,
    ],
    ['a bad id', config([httpCheck('../etc', { every: '1m' })]), /'\.\.\/etc' is not an id/],
    [
      'an impossible incident rule',
      config([httpCheck('a', { every: '1m', incident: { failures: 3, of: 2 } })]),
      /3 failures of 2 runs can never be/,
    ],
    [
      'a maintenance window that ends before it begins',
      config([httpCheck('a', { every: '1m', maintenance: [{ from: '2026-01-02T00:00Z', to: '2026-01-01T00:00Z' }] })]),
      /ends before it begins/,
    ],
    [
      'a password written out',
      config([httpCheck('a', { every: '1m' })], {
        settings: {
          apiTokens: [{ name: 'ann', scopes: ['read'], token: 'hunter2-hunter2' }],
        } as unknown as NonNullable<ConfigInput['settings']>,
      }),
      /settings\.apiTokens\[0\]\.token\|expected a reference such as secret/,
    ],
    [
      'a token that is two or none',
      config([httpCheck('a', { every: '1m' })], { settings: { apiTokens: [{ name: 'ann', scopes: ['read'] }] } }),
      /settings\.apiTokens\[0\] \(ann\)\|give one of 'token' and 'hash'/,
    ],
    [
      'two tokens of one name',
      config([httpCheck('a', { every: '1m' })], {
        settings: {
          apiTokens: [0, 1].map((digit) => ({
            name: 'ann',
            scopes: ['read'],
            hash: `sha256:${String(digit).repeat(64)}`,
          })),
        },
      }),
      /settings\.apiTokens\[1\]\|the id 'ann' is taken/,
    ],
    [
      'a page that asks for a token that nobody has',
      config([httpCheck('a', { every: '1m' })], { settings: { web: { requireToken: true } } }),
      /settings\.web\.requireToken\|no token has the scope 'read'/,
    ],
    [
      'an address rule that is none',
      config([httpCheck('a', { every: '1m' })], { settings: { addresses: { deny: ['private', 'intranet'] } } }),
      /settings\.addresses\|'intranet' is not an address rule/,
    ],
    ['not an object', 7, /expected object/],
  ];
  for (const [name, value, expected] of rows) {
    it(`is refused: ${name}`, () => {
      const { plan, problems } = build(value);
      assert.equal(plan, undefined);
      assert.match(said(problems), expected);
    });
  }
  it('never shows a value where a secret belongs', () => {
    const settings = { apiTokens: [{ token: 'hunter2-hunter2', hash: 'hunter2' }] } as unknown as NonNullable<
      ConfigInput['settings']
    >;
    assert.doesNotMatch(said(build(config([httpCheck('a', { every: '1m' })], { settings })).problems), /hunter2/);
  });
  it('takes secrets by reference', () => {
    const { problems } = build(
      config([httpCheck('a', { every: '1m' })], {
        settings: { apiTokens: [{ name: 'ann', scopes: ['write'], token: secret('VIGIE_API_TOKEN') }] },
      }),
    );
    assert.equal(said(problems), '');
  });
});
