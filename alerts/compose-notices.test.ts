import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkId, incidentId, runId } from '../core/identifiers.ts';
import type { Incident, IncidentChange } from '../core/incident.ts';
import { EMPTY_OBSERVATION } from '../core/observation.ts';
import type { Run, Verdict } from '../core/run.ts';
import { wholeCheck } from '../core/testing/whole-check.ts';
import { composeMail } from './compose-mail.ts';
import { composeNotices } from './compose-notices.ts';
import { composeSelf } from './compose-self.ts';

const at = Date.UTC(2026, 0, 1);
const home = checkId('home');
const check = wholeCheck({
  target: { name: 'shop', baseUrl: 'https://shop.example', environment: 'test', origins: {}, production: true },
  severity: 'P2',
  confirm: false,
  channels: ['ops', 'team'],
});
const incident: Incident = {
  id: incidentId(at, 'abcdef01'),
  check: home,
  location: 'local',
  track: 'target',
  severity: 'P2',
  since: at,
  openedAt: at + 1_000,
  openedBy: runId(at, '00000001'),
};

function runWith(verdict: Verdict): Run {
  return {
    id: runId(at, '00000001'),
    check: home,
    kind: 'http',
    location: 'local',
    environment: 'test',
    trigger: 'slot',
    slot: { check: home, location: 'local', dueAt: at },
    verdict,
    attempts: [],
    budgets: [],
    taints: [],
    producedBy: {
      vigie: '0',
      tools: {},
      host: { platform: 't', arch: 't', cpuModel: 't', cores: 1, memoryBytes: 1 },
    },
    startedAt: at,
    finishedAt: at + 1_000,
  };
}

const failing = (actual: string): Run =>
  runWith({ status: 'failed', breaches: [{ kind: 'assertion', expected: 'status is 200', actual }] });
const settings = {
  faultChannels: ['self'],
  web: { host: '127.0.0.1', port: 1, publicUrl: 'https://ops.example/vigie', requireToken: false },
};
const compose = (change: IncidentChange, run?: Run) =>
  composeNotices(change, { check, settings, at, ...(run === undefined ? {} : { run }) });

describe('the notices of a change', () => {
  it('go to the channels of the check, each with a key of its own that never changes', () => {
    const change: IncidentChange = { change: 'opened', incident };
    const first = compose(change, failing('503'));
    assert.deepEqual(
      first.map(({ channel }) => channel),
      ['ops', 'team'],
    );
    assert.equal(new Set(first.map(({ id }) => id)).size, 2);
    assert.deepEqual(first, compose(change, failing('503')));
    assert.equal(first[0]?.content.summary, 'Home page is failing: expected status is 200, got 503');
  });
  it('go to the fault channels when we could not measure, and say what to mend', () => {
    const run = runWith({
      status: 'inconclusive',
      fault: { code: 'tool-missing', blame: 'tool', message: 'k6 is not installed' },
      seen: [],
    });
    const [notice, ...others] = compose({ change: 'opened', incident: { ...incident, track: 'fault' } }, run);
    assert.equal(others.length, 0);
    assert.equal(notice?.channel, 'self');
    assert.match(
      notice?.content.summary ?? '',
      /cannot be measured: k6 is not installed \(tool-missing, blame: tool\)/,
    );
  });
  it('say that a target flaps, and what would end that', () => {
    const [notice] = compose({ change: 'opened', incident: { ...incident, flapping: true } }, failing('503'));
    assert.equal(notice?.content.flapping, true);
    assert.equal(
      notice?.content.summary,
      'Home page is flapping; it failed and recovered 3 times within 1 h and is told again when it has been well for 20 min. Now: expected status is 200, got 503',
    );
  });
  it('say what makes a failure doubtful', () => {
    const run = runWith({
      status: 'failed',
      breaches: [{ kind: 'assertion', expected: 'an answer', actual: 'none', ground: 'wait' }],
      doubt: { code: 'host-overloaded', blame: 'host', message: 'starved' },
    });
    const [notice] = compose({ change: 'opened', incident }, run);
    assert.deepEqual(notice?.content.details, ['expected an answer, got none', 'doubtful: starved']);
  });
  it('say how long it lasted when it is over', () => {
    const closed = { at: at + 3_600_000, how: 'recovered' } as const;
    const [notice] = compose({ change: 'recovered', incident: { ...incident, closed } }, runWith({ status: 'passed' }));
    assert.equal(notice?.content.summary, 'Home page has recovered after 1 h');
  });
  const causes = [
    { at, text: 'expected status is 200, got 503', key: 'a', rank: 3 },
    { at: at + 60_000, text: 'expected an answer, got none', key: 'b', rank: 4 },
  ];
  it('say what it was when it is over, and all causes that it had', () => {
    const closed = { at: at + 3_600_000, how: 'recovered' } as const;
    const over = { ...incident, closed, causes };
    const [notice] = compose({ change: 'recovered', incident: over }, runWith({ status: 'passed' }));
    assert.equal(
      notice?.content.summary,
      'Home page has recovered after 1 h; it was: expected status is 200, got 503, and 1 other cause',
    );
    assert.deepEqual(notice?.content.details, [
      '2026-01-01T00:00:00.000Z: expected status is 200, got 503',
      '2026-01-01T00:01:00.000Z: expected an answer, got none',
    ]);
    assert.equal(notice?.content.link, `https://ops.example/vigie/incidents/${incident.id}`);
  });
  it('tell of a worse cause, each with a key of its own, and of another one nobody', () => {
    const worse = { ...incident, causes };
    const [notice] = compose({ change: 'worsened', incident: worse }, failing('nothing'));
    assert.equal(
      notice?.content.summary,
      'Home page has become worse: expected status is 200, got nothing; before: expected status is 200, got 503',
    );
    const [other] = compose({ change: 'worsened', incident: { ...incident, causes: causes.slice(0, 1) } });
    assert.notEqual(notice?.id, other?.id);
    assert.deepEqual(compose({ change: 'changed', incident: worse }, failing('nothing')), []);
  });
  it('go to those only who were told of the opening', () => {
    const closed = { at: at + 1, how: 'recovered' } as const;
    const notices = compose({ change: 'recovered', incident: { ...incident, closed, told: ['team'] } });
    assert.deepEqual(
      notices.map(({ channel }) => channel),
      ['team'],
    );
  });
  it('say which URL was asked, of a run that followed redirects the first one', () => {
    const observation = { ...EMPTY_OBSERVATION, facts: { method: 'GET', finalUrl: 'https://shop.example/login' } };
    const run = failing('503');
    const attempt = { number: 1, purpose: 'first', startedAt: at, durationMs: 1, verdict: run.verdict } as const;
    const asked = (facts: Readonly<Record<string, string>>): string | undefined =>
      compose(
        { change: 'opened', incident },
        {
          ...run,
          attempts: [{ ...attempt, observation: { ...observation, facts: { ...observation.facts, ...facts } } }],
        },
      )[0]?.content.asked;
    assert.equal(asked({}), 'GET https://shop.example/login');
    assert.equal(asked({ redirectedFrom: 'https://shop.example/cart' }), 'GET https://shop.example/cart');
  });
  it('are mails that say what failed once, name the URL and lead to it', () => {
    const [notice] = compose({ change: 'opened', incident }, failing('503'));
    assert.ok(notice !== undefined);
    const asked = { ...notice, content: { ...notice.content, asked: 'GET https://shop.example/cart' } };
    const { text } = composeMail(asked, { from: 'a@b.example', to: ['c@d.example'] });
    assert.equal(String(text).split('got 503').length, 2);
    assert.match(String(text), /^Asked: +GET https:\/\/shop\.example\/cart$/m);
    assert.match(String(text), /^Link: +https:\/\/ops\.example\/vigie\/runs\/./m);
  });
  it('are mails whose subject says that it flaps', () => {
    const [notice] = compose({ change: 'opened', incident: { ...incident, flapping: true } }, failing('503'));
    assert.ok(notice !== undefined);
    const { subject } = composeMail(notice, { from: 'a@b.example', to: ['c@d.example'] });
    assert.equal(subject, '[P2] FLAPPING Home page (test)');
  });
  it('keep the text of a target on one line and of bounded length', () => {
    const evil = `a\r\nb\u001b[31m\u202etxt.exe${'x'.repeat(100_000)}`;
    const [notice] = compose({ change: 'opened', incident }, failing(evil));
    const texts = [notice?.content.summary ?? '', ...(notice?.content.details ?? [])];
    for (const text of texts) {
      assert.doesNotMatch(text, /[\p{Cc}\u202e]/u);
      assert.ok(text.length <= 1_200, `${text.length} characters`);
    }
  });
  it('link below the public address, whatever its path', () => {
    const [notice] = compose({ change: 'opened', incident }, failing('503'));
    assert.equal(notice?.content.link, `https://ops.example/vigie/runs/${runId(at, '00000001')}`);
  });
});

describe('a notice about Vigie itself', () => {
  const trouble = { incident: incident.id, since: at, at, summary: 'the store\nrefuses', details: [] };
  it('goes to the fault channels and pairs with its recovery', () => {
    const place = { ...settings, location: 'local' };
    const [opened] = composeSelf({ ...trouble, change: 'opened' }, place);
    const [recovered] = composeSelf({ ...trouble, change: 'recovered' }, place);
    assert.ok(opened !== undefined && recovered !== undefined);
    assert.deepEqual(
      [opened.channel, opened.incident, opened.content.summary],
      ['self', recovered.incident, 'the store refuses'],
    );
    assert.notEqual(opened.id, recovered.id);
    const { subject } = composeMail(opened, { from: 'a@b.example', to: ['c@d.example'] });
    assert.equal(subject, '[P1] TROUBLE Vigie itself (local)');
  });
});
