import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Check } from '../../core/check.ts';
import { ConfigError, EXIT } from '../../core/errors.ts';
import type { Measure } from '../../core/measure.ts';
import type { Run } from '../../core/run.ts';
import { assertNames } from '../../core/testing/assert-names.ts';
import { GATE_DOCUMENT } from '../../reporters/gate/document.ts';
import { GATE_FILES } from '../../reporters/gate/files.ts';
import { START, sampleBudget, sampleCheck, sampleRun } from '../../reporters/testing/sample-runs.ts';
import { realClock } from '../adapters/real-clock.ts';
import { type CompareOptions, compare } from './compare.ts';
import { listen, type StoredRuns, storeRuns } from './testing/stored-runs.ts';

const HOUR = 3_600;
const NOW = Math.floor((realClock.now() - START) / 1_000);
const [home, news, load] = [sampleCheck('home'), sampleCheck('news'), sampleCheck('burst', 'load')];

function timed(check: Check, ms: number, hoursAgo: number, changes: Partial<Run> = {}): Run {
  const name = check.kind === 'load' ? 'http_req_duration.med' : 'total';
  const measures: readonly Measure[] = [{ name, value: ms, unit: 'ms' }];
  return sampleRun(check, { measures }, NOW - Math.round(hoursAgo * HOUR), changes);
}

/** Hours 40 to 21 before now at 100 ms, 20 to 1 at 130 ms, each a little different. */
const ofHome = Array.from({ length: 40 }, (_, index) =>
  timed(home, (index < 20 ? 100 : 130) + ((index * 7) % 5), 40 - index),
);
const ofNews = Array.from({ length: 20 }, (_, index) => timed(news, 100 + ((index * 3) % 5), 20.5 - index));
const [loadBefore, loadAfter] = [timed(load, 200, 3.3), timed(load, 260, 2.3)];
const producer = { ...loadAfter.producedBy, tools: { node: '25.0.0' } };
const unlike = timed(load, 210, 1.3, { producedBy: producer });

describe('vigie compare', () => {
  let stored: StoredRuns;
  before(async () => {
    const http = ['home', 'news'].map((id) => ({ id, kind: 'http', options: { every: '1h' } }));
    const burst = { id: 'burst', kind: 'load', options: { manual: true, script: 'load.js' } };
    stored = await storeRuns([...http, burst], [...ofHome, ...ofNews, loadBefore, loadAfter, unlike]);
  });
  after(() => stored.remove());

  async function asked(ids: readonly string[], more: Partial<CompareOptions> = {}) {
    const terminal = listen(true);
    const exitCode = await compare({ ids, config: stored.config, ...more }, terminal);
    return { exitCode, terminal, said: terminal.said.join('\n'), json: JSON.parse(terminal.printed[0] ?? '{}') };
  }

  it('finds what got slower between two times, and says it as a gate does', async () => {
    const { exitCode, json } = await asked(['home@41h..20.5h', 'home@20.5h..']);
    assert.equal(exitCode, EXIT.failed);
    const document = GATE_DOCUMENT.parse(json);
    const [row] = document.rows;
    assert.deepEqual(
      [row?.check, row?.name, row?.base?.median, row?.candidate.median, row?.verdict],
      ['home', 'total', 102, 132, 'regressed'],
    );
    assert.deepEqual([document.command, document.baseline, document.exitCode], ['compare', 'history', 1]);
    assert.equal(document.checks[0]?.runs.length, 40);
  });

  it('gives the same answer when it is asked again', async () => {
    const [first, second] = [
      await asked(['home@30h..20.5h', 'home@last:9']),
      await asked(['home@30h..20.5h', 'home@last:9']),
    ];
    assert.deepEqual(first.json, second.json);
    // Nine pairs are no look of a gate, which goes on; here it is the only one.
    assert.equal(GATE_DOCUMENT.parse(first.json).rows[0]?.verdict, 'regressed');
  });

  it('compares unlike checks of one kind, and passes what is no worse', async () => {
    const { exitCode, json } = await asked(['home@41h..20.5h', 'news@last:20']);
    assert.equal(exitCode, EXIT.passed);
    assertNames(GATE_DOCUMENT.parse(json).notes.join('\n'), ['home and news']);
  });

  it('is certain of nothing from one run each', async () => {
    const { exitCode, json } = await asked([loadBefore.id, loadAfter.id]);
    assert.equal(exitCode, EXIT.inconclusive);
    const { status, rows } = GATE_DOCUMENT.parse(json);
    assert.equal(status, 'undecided');
    const [row] = rows;
    assert.ok(row?.type === 'relative');
    assert.deepEqual([row.name, row.base.median, row.candidate.median], ['http_req_duration.med', 200, 260]);
    assert.deepEqual([row.verdict, row.change.low, row.change.high], ['undecided', null, null]);
    assert.equal(row.change.estimate?.toFixed(3), '0.300');
  });

  it('refuses runs of unlike tools, and says what differs when it is told to compare them', async () => {
    const refused = await asked([loadBefore.id, unlike.id]);
    assert.equal(refused.exitCode, EXIT.inconclusive);
    assert.equal(refused.json.status, 'inconclusive');
    assertNames(refused.json.reason, ['node 24.0.0 and 25.0.0', '--even-unlike']);
    assert.deepEqual(refused.json.rows, []);
    const { json } = await asked([loadBefore.id, unlike.id], { evenUnlike: true });
    assertNames(json.notes.join('\n'), ['node 24.0.0 and 25.0.0']);
    assert.equal(json.rows.length, 1);
  });

  it('refuses what cannot be compared: unlike kinds, the same runs, runs that are not there', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['home@last:5', loadAfter.id], /unlike kinds of checks .*: http and load/],
      [['home@last:5', 'home@last:6'], /5 runs are in both sets/],
      [['gone@last:5', 'home@last:6'], /'gone' has no run in this data folder/],
      [['home@90d..80d', 'home@last:6'], /'home' has no run in that time/],
      [['20200101000000000-0000beef', loadAfter.id], /there is no run '20200101000000000-0000beef'/],
    ];
    for (const [ids, message] of cases) {
      const { exitCode, said } = await asked(ids);
      assert.equal(exitCode, EXIT.inconclusive);
      assert.match(said, message);
    }
  });

  it('explains the forms of a set, and names the folder that has no store', async () => {
    await assert.rejects(asked(['home', 'home@last:5']), (error) => {
      assert.ok(error instanceof ConfigError);
      assertNames(error.message, ["'home'", "'home@7d..1d'"]);
      return true;
    });
    await assert.rejects(asked(['home@last:5', 'news@last:5'], { data: stored.folder }), { code: 'store-missing' });
  });

  it('writes the files of a gate where it is told to', async () => {
    const out = join(stored.folder, 'report');
    await asked(['home@41h..20.5h', 'home@20.5h..'], { out });
    assert.deepEqual(readdirSync(out).toSorted(), Object.values(GATE_FILES).toSorted());
  });
});

describe('runs that broke their budget', () => {
  it('are compared like the others: without them any history is fast', async () => {
    const strict = sampleCheck('home', 'http', { budgets: [sampleBudget('total', 110)] });
    const runs = [100, 101, 150, 151, 102, 103, 152, 153].map((ms, index) => timed(strict, ms, 8 - index));
    const checks = [{ id: 'home', kind: 'http', options: { every: '1h' } }];
    const stored = await storeRuns(checks, runs);
    const terminal = listen(true);
    await compare({ ids: ['home@9h..4.5h', 'home@4.5h..'], config: stored.config }, terminal);
    stored.remove();
    const [row] = GATE_DOCUMENT.parse(JSON.parse(terminal.printed[0] ?? '')).rows;
    assert.deepEqual(row?.candidate.values.toSorted(), [102, 103, 152, 153]);
  });
});
