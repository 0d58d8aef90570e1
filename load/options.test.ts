import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runArguments } from './arguments.ts';
import { type LoadInput, loadSchema } from './options.ts';

const script = 'load/scenarios/api.ts';

function problemsOf(input: unknown): string {
  const parsed = loadSchema.safeParse(input);
  assert.ok(!parsed.success, 'it was accepted');
  return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
}

function argumentsOf(input: Partial<LoadInput>): readonly string[] {
  const files = { config: '/t/config.json', summary: '/t/summary.json', work: '/t' };
  return runArguments(loadSchema.parse({ script, ...input }), { script: '/x/api.ts', files, blocked: ['10.0.0.0/8'] });
}

describe('the options of a load check', () => {
  it('need a script only', () => {
    assert.deepEqual(loadSchema.parse({ script }), { script, env: {}, allow: [], runTags: {}, units: {} });
  });

  it('read durations into milliseconds', () => {
    const stages = [{ duration: '1m30s', target: 5 }] as const;
    assert.equal(loadSchema.parse({ script, stages: [...stages] }).stages?.[0]?.duration, 90_000);
    assert.equal(loadSchema.parse({ script, duration: 250 }).duration, 250);
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /script/],
    [{ script: 'load.py' }, /ends in \.ts or \.js/],
    [{ script, vuz: 1 }, /vuz/],
    [{ script, vus: 0 }, /vus/],
    [{ script, vus: 1.5 }, /vus/],
    [{ script, duration: '5 minutes' }, /duration.*"5 minutes" is not a duration/],
    [{ script, duration: '2d' }, /at most 24 h/],
    [{ script, duration: 0 }, /too short: at least 1 ms/],
    [{ script, stages: [] }, /stages/],
    [{ script, stages: [{ duration: '1m', target: -1 }] }, /stages\.0\.target/],
    [
      { script, stages: [{ duration: '1m', target: 1 }], iterations: 3, duration: '1m' },
      /duration: stages and duration.*\n?iterations: stages and iterations/s,
    ],
    [{ script, allow: ['https://x.example'] }, /allow\.0: 'https:\/\/x\.example' is not a host name/],
    [{ script, env: { K6_VUS: 3 } }, /'K6_VUS' would set an option of k6/],
    [{ script, env: { k6_out: 'x' } }, /'k6_out' would set an option of k6/],
    [{ script, env: { https_proxy: 'x' } }, /'https_proxy' is reserved/],
    [{ script, env: { VIGIE_TARGET: 'x' } }, /reserved/],
    [{ script, env: { 'A B': 'x' } }, /not a name of an environment variable/],
    [{ script, env: { A: { b: 1 } } }, /env\.A/],
    [{ script, runTags: { a: 'x\ny' } }, /runTags\.a/],
    [{ script, units: { t: 'seconds' } }, /units\.t/],
  ];
  for (const [input, problem] of wrong) {
    it(`refuse ${JSON.stringify(input)}`, () => assert.match(problemsOf(input), problem));
  }

  it('let k6 know its browser', () => {
    assert.equal(loadSchema.safeParse({ script, env: { K6_BROWSER_ARGS: 'no-sandbox' } }).success, true);
  });
});

describe('the arguments of k6', () => {
  it('keep k6 to itself and name our files', () => {
    const line = argumentsOf({}).join(' ');
    for (const part of [
      '--no-usage-report',
      '--config /t/config.json',
      '--summary-export /t/summary.json',
      '--summary-mode compact',
      '--log-format json',
      '--blacklist-ip 10.0.0.0/8',
      'p(99),count',
    ])
      assert.ok(line.includes(part), part);
    for (const part of ['--address', '--linger', '--vus', '--tag', '--features', '--quiet', '-e'])
      assert.ok(!argumentsOf({}).includes(part), part);
    assert.equal(argumentsOf({}).at(-1), '/x/api.ts');
  });

  it('carry no value of the environment', () => {
    const line = argumentsOf({ env: { TOKEN: 'very-secret', N: 4711 } }).join(' ');
    assert.doesNotMatch(line, /very-secret|4711|TOKEN/);
  });

  it('carry overrides in milliseconds', () => {
    const line = argumentsOf({
      vus: 3,
      stages: [
        { duration: '1m', target: 50 },
        { duration: 500, target: 0 },
      ],
    }).join(' ');
    assert.ok(line.includes('--vus 3 --stage 60000ms:50 --stage 500ms:0'), line);
    assert.ok(argumentsOf({ duration: '5m', iterations: 7 }).join(' ').includes('--duration 300000ms --iterations 7'));
  });

  it("merge tags with the script's own", () => {
    assert.ok(
      argumentsOf({ runTags: { release: '2.4=x' } })
        .join(' ')
        .includes('--features merge-run-tags --tag release=2.4=x'),
    );
  });
});
