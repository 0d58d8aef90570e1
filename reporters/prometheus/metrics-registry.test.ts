import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CheckState } from '../../core/check-state.ts';
import { incidentId, noticeId } from '../../core/identifiers.ts';
import type { Incident } from '../../core/incident.ts';
import type { Delivery } from '../../core/notice.ts';
import { quietCause } from '../../core/shared-cause.ts';
import { locatePromtool } from '../../process/locate-tools.ts';
import { lint, series } from '../testing/read-metrics.ts';
import {
  oneRunOfEachKind,
  START,
  sampleBudget,
  sampleCheck,
  sampleRun,
  unmeasuredRun,
} from '../testing/sample-runs.ts';
import { FAMILIES } from './families.ts';
import { type MetricsRegistry, openMetricsRegistry } from './metrics-registry.ts';

const GOLDEN = join(import.meta.dirname, 'metrics.golden.txt');
const open = (): MetricsRegistry => openMetricsRegistry({ location: 'local', version: '0.0.0' });
const plan = (checks: Parameters<MetricsRegistry['plan']>[0]['checks']) => ({
  checks,
  channels: ['ops'],
  loadedAt: START,
});

const incident: Incident = {
  id: incidentId(START, '0000beef'),
  check: sampleCheck('http-check').id,
  location: 'local',
  track: 'target',
  severity: 'P2',
  since: START,
  openedAt: START,
  openedBy: oneRunOfEachKind()[0]?.run.id ?? assert.fail(),
};
const delivery: Delivery = {
  notice: noticeId(incident.id, 'opened', 'ops'),
  channel: 'ops',
  attempt: 2,
  at: START + 4_000,
  durationMs: 500,
  outcome: { status: 'accepted', detail: '200' },
};

/** A registry that was told everything it can be told. */
async function fullRegistry(): Promise<MetricsRegistry> {
  const registry = open();
  const all = oneRunOfEachKind();
  await registry.plan(plan(all.map(({ check }) => check)));
  for (const { run } of all) registry.run(run);
  const [{ check, run } = assert.fail()] = all;
  registry.run(unmeasuredRun(sampleCheck('tcp-check', 'tcp'), 20));
  registry.run({ ...run, taints: ['late', 'recovered-on-retry'], attempts: [...run.attempts, ...run.attempts] });
  registry.skipped(
    [{ slot: { check: check.id, location: 'local', dueAt: START }, reason: 'paused', recordedAt: START }],
    [{ check: check.id, location: 'local', from: START, to: START, count: 40, recordedAt: START }],
  );
  registry.incident({ change: 'opened', incident });
  const own = { ...incident, check: quietCause('network-down', 'local').check, track: 'fault' as const };
  registry.incident({ change: 'opened', incident: own });
  registry.delivery(delivery, START + 500);
  registry.engine({
    lagMs: 3,
    pendingCommits: 1,
    lanes: { light: { running: 2, waiting: 1 } },
    nextRuns: [{ check: check.id, at: START + 10_000 }],
  });
  registry.storage({ databaseBytes: 4_096, artefactBytes: 100, pendingNotices: 1 });
  return registry;
}

describe('the metrics', () => {
  it('are as the golden file says, name by name and value by value', async () => {
    const text = (await (await fullRegistry()).render()).replace(`node="${process.versions.node}"`, 'node="N"');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, 'utf8'), 'UPDATE_GOLDEN=1 writes the file anew; read the difference first');
    for (const { name, type } of Object.values(FAMILIES))
      assert.match(text, new RegExp(`^# TYPE ${name} ${type}$`, 'm'));
  });

  it('have nothing that promtool finds fault with', async (test) => {
    const promtool = await locatePromtool();
    if (!promtool.found) return test.skip(`promtool is missing: ${promtool.mend}`);
    const said = await lint(promtool.path, await (await fullRegistry()).render());
    assert.deepEqual(said, { code: 0, output: '' });
    const bad = await lint(promtool.path, '# TYPE bad counter\nbad 1\n');
    assert.notEqual(bad.code, 0, 'promtool does look');
  });

  it('show counters at 0 before the first run, and no gauge of what was not measured', async () => {
    const registry = open();
    await registry.plan(plan([sampleCheck('new', 'journey'), sampleCheck('probe')]));
    const text = await registry.render();
    for (const line of [
      'vigie_run_total',
      'vigie_schedule_skipped_total',
      'vigie_web_vital_missing_total',
      'vigie_run_tainted_total',
      'vigie_alert_notifications_total',
    ])
      assert.ok(series(text, line).length > 0 && series(text, line).every((each) => each.endsWith(' 0')), line);
    for (const name of ['probe_success', 'vigie_run_last_timestamp_seconds', 'vigie_measure'])
      assert.deepEqual(series(text, name), []);
    for (const line of series(text, 'vigie_check_state'))
      assert.equal(line.endsWith(' 1'), line.includes('state="waiting"'), line);
  });

  it('take away the values of a check that does not run, and say why it does not', async () => {
    let name: CheckState['name'] = 'passed';
    const states = () => (): CheckState => ({ name });
    const registry = openMetricsRegistry({ location: 'local', version: '0.0.0', states });
    const [{ check, run } = assert.fail()] = oneRunOfEachKind();
    await registry.plan(plan([check]));
    registry.run(run);
    const latest = [
      'probe_success',
      'probe_http_status_code',
      'vigie_measure',
      'vigie_budget_ok',
      'vigie_budget_value',
    ];
    const shown = async () => {
      const text = await registry.render();
      const set = series(text, 'vigie_check_state').filter((line) => line.endsWith(' 1'));
      return { set, values: latest.filter((each) => series(text, each).length > 0), text };
    };
    assert.deepEqual((await shown()).values, latest);
    for (const each of ['paused', 'maintenance', 'stale'] as const) {
      name = each;
      const { set, values, text } = await shown();
      assert.deepEqual(values, [], each);
      assert.ok(set.length === 1 && set[0]?.includes(`state="${each}"`), `${set}`);
      assert.equal(series(text, 'vigie_run_last_timestamp_seconds').length, 1, 'when it ran last stays a fact');
      assert.equal(series(text, 'probe_all_success_count').length, 1, 'so do counters');
    }
    name = 'passed';
    assert.deepEqual((await shown()).values, latest);
  });

  it('tell of the run that began last, whichever ended last, but not of one from before the clock was set back', async () => {
    const registry = open();
    const check = sampleCheck('overlapping');
    await registry.plan(plan([check]));
    const stateAfter = async (second: number, ok: boolean, finishedAt: number) => {
      const assertions = [{ ok, expected: 'status is 2xx', actual: '503' }];
      registry.run(sampleRun(check, { assertions }, second, { finishedAt }));
      const set = series(await registry.render(), 'vigie_check_state').filter((line) => line.endsWith(' 1'));
      return set.join();
    };
    assert.match(await stateAfter(60, true, START + 61_000), /"passed"/);
    assert.match(await stateAfter(0, false, START + 90_000), /"passed"/, 'a longer one that began before');
    assert.match(await stateAfter(-3_600, false, START - 3_599_000), /"failed"/, 'an hour was set back');
  });

  it('take away what the latest run did not measure', async () => {
    const registry = open();
    const [{ check, run } = assert.fail()] = oneRunOfEachKind();
    await registry.plan(plan([check]));
    registry.run(run);
    const measured = await registry.render();
    registry.run(unmeasuredRun(check, 30));
    const text = await registry.render();
    for (const name of [
      'probe_success',
      'probe_http_status_code',
      'probe_ssl_earliest_cert_expiry',
      'vigie_measure',
      'vigie_budget_value',
      'vigie_budget_ok',
    ]) {
      assert.ok(series(measured, name).length > 0, `${name} was there`);
      assert.deepEqual(series(text, name), [], name);
    }
    assert.equal(series(text, 'vigie_budget_limit').length, 2, 'the limits stand');
    assert.deepEqual(
      series(text, 'probe_all_success_count').map((line) => line.split(' ').at(-1)),
      ['1'],
      'undecided runs are not counted',
    );
  });

  it('vanish with their check, histograms and summaries too, and come back at 0', async () => {
    const registry = await fullRegistry();
    const all = oneRunOfEachKind().map(({ check }) => check);
    const stays = all.filter((check) => check.id === 'dns-check');
    await registry.plan(plan(stays));
    const text = await registry.render();
    for (const { id } of all) assert.equal(text.includes(`check="${id}"`), id === 'dns-check', id);
    registry.run(oneRunOfEachKind()[0]?.run ?? assert.fail());
    assert.equal(await registry.render(), text, 'a run of a removed check brings nothing back');
    await registry.plan(plan(all));
    const failed = series(await registry.render(), 'vigie_run_total').filter((line) =>
      /journey-check.*"failed"/.test(line),
    );
    assert.match(failed.join(), / 0$/);
  });

  it('keep the gauges and open incidents of a check whose definition changed, once they are restored', async () => {
    const registry = await fullRegistry();
    const [{ check, run } = assert.fail()] = oneRunOfEachKind();
    const changed = { ...check, hash: 'other', severity: 'P1' } as const;
    const fresh = await registry.plan(plan([changed]));
    assert.deepEqual(fresh, [changed]);
    registry.restore(run);
    registry.open([incident]);
    const text = await registry.render();
    assert.ok(!text.includes('severity="P2"'), 'nothing of the old definition is left');
    assert.match(series(text, 'vigie_incident_open').join('\n'), /track="target"} 1/);
    assert.match(series(text, 'vigie_check_state').join('\n'), /state="degraded"} 1/);
    assert.deepEqual(series(text, 'vigie_run_duration_seconds_count'), [], 'a restored run is not counted again');
  });

  it('tell a budget without samples as neither kept nor broken', async () => {
    const registry = open();
    const check = sampleCheck('budgeted', 'http', { budgets: [sampleBudget('total', 100)] });
    await registry.plan(plan([check]));
    const answers: (readonly string[])[] = [];
    for (const value of [40, 80, 120, undefined]) {
      registry.run(sampleRun(check, { measures: value === undefined ? [] : [{ name: 'total', value, unit: 'ms' }] }));
      answers.push(
        series(await registry.render(), 'vigie_budget_ok').map((line) => line.replace(/.*level="(\w+)"} /, '$1 ')),
      );
    }
    assert.deepEqual(answers, [['warn 1', 'fail 1'], ['warn 0', 'fail 1'], ['warn 0', 'fail 0'], []]);
  });

  it('say whether the configuration on disk is in force', async () => {
    const registry = open();
    const states: (string | undefined)[] = [];
    for (const step of [() => registry.plan(plan([])), () => registry.reloadRefused(), () => registry.plan(plan([]))]) {
      await step();
      states.push(series(await registry.render(), 'vigie_config_last_reload_successful')[0]?.split(' ')[1]);
    }
    assert.deepEqual(states, ['1', '0', '1']);
  });
});
