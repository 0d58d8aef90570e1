import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FakeGithub, fakeComment, startFakeGithub } from '../testing/fake-github.ts';
import { HOSTILE_GATE } from '../testing/hostile-gate.ts';
import { GATES, sampleGate } from '../testing/sample-gates.ts';
import { relativeRow } from '../testing/sample-rows.ts';
import { commentBody, putComment } from './comment.ts';
import { commentPlace } from './context.ts';

const place = (github: FakeGithub) => ({
  apiUrl: github.url,
  repository: 'shop/web',
  pullRequest: 7,
  token: 'ghs_secret',
  key: 'gate',
});
const put = (github: FakeGithub, body: string) => putComment(body, place(github), fetch, AbortSignal.timeout(10_000));
const BODY = commentBody(GATES.regressed, 'gate');

describe('the comment of a gate on a pull request', () => {
  it('is created once and updated from then on', async () => {
    await using github = await startFakeGithub();
    assert.deepEqual(await put(github, BODY), { status: 'created', url: 'https://github.example/c/1000' });
    const second = commentBody(GATES.passed, 'gate');
    assert.deepEqual(await put(github, second), { status: 'updated', url: 'https://github.example/c/1000' });
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [second],
    );
    assert.deepEqual([github.asked, github.complaints], [['GET page 1', 'POST', 'GET page 1', 'PATCH 1000'], []]);
  });

  it('is found behind hundreds of others; neither that of another gate nor one of a stranger is taken', async () => {
    await using github = await startFakeGithub();
    const stranger = { user: { login: 'mallory', type: 'User' }, author_association: 'CONTRIBUTOR' };
    github.comments.push(
      fakeComment(1, BODY, stranger),
      fakeComment(2, commentBody(GATES.passed, 'other')),
      fakeComment(3, `> ${BODY}`),
      ...Array.from({ length: 230 }, (_, index) => fakeComment(10 + index, 'LGTM', stranger)),
      fakeComment(500, BODY, { user: { login: 'release-bot', type: 'User' }, author_association: 'MEMBER' }),
    );
    assert.equal((await put(github, BODY)).status, 'updated');
    assert.deepEqual(github.asked, ['GET page 1', 'GET page 2', 'GET page 3', 'PATCH 500']);
  });

  it('is written anew when it is gone by the time it is updated', async () => {
    await using github = await startFakeGithub();
    github.comments.push(fakeComment(1, BODY));
    github.refuse = { method: 'PATCH', status: 404, body: '{"message":"Not Found"}' };
    assert.equal((await put(github, BODY)).status, 'created');
  });

  it('that cannot be written is a reason, never an exception, and tells no token', async () => {
    await using github = await startFakeGithub();
    const refusals = [
      [
        'GET',
        403,
        '{"message":"Resource not accessible by integration"}',
        /refused to list the comments: 403 Resource.*; the token needs 'pull-requests: write'/,
      ],
      ['POST', 422, '{"message":"Validation Failed"}', /^GitHub refused to write a comment: 422 Validation Failed$/],
      ['POST', 502, '<html>', /^GitHub refused to write a comment: 502$/],
      ['GET', 200, 'no JSON', /^GitHub could not be asked: /],
    ] as const;
    for (const [method, status, body, reason] of refusals) {
      github.refuse = { method, status, body };
      const outcome = await put(github, BODY);
      assert.match(outcome.status === 'failed' ? outcome.reason : outcome.status, reason);
    }
    const failing = () => Promise.reject(new Error('no route for ghs_secret'));
    assert.deepEqual(await putComment(BODY, place(github), failing, AbortSignal.timeout(1_000)), {
      status: 'failed',
      reason: 'GitHub could not be asked: no route for [token]',
    });
    const aborted = await putComment(BODY, place(github), fetch, AbortSignal.abort());
    assert.equal(aborted.status, 'failed');
  });

  it('is never longer than GitHub takes, and a key cannot leave its mark', () => {
    const rows = Array.from({ length: 900 }, (_, index) =>
      relativeRow(`${'é'.repeat(100)} ${index}`, { verdict: 'undecided' }),
    );
    const body = commentBody(sampleGate({ rows }), 'a --> b\n<b>');
    assert.ok(Buffer.byteLength(body) <= 65_536 && Buffer.byteLength(body) > 5_000);
    assert.match(body, /^<!-- vigie-gate: a-b-b- -->\n## /);
    assert.ok(Buffer.byteLength(commentBody(HOSTILE_GATE, 'gate')) <= 65_536);
  });
});

describe('where the comment goes', () => {
  const env = { GITHUB_TOKEN: 't', GITHUB_REPOSITORY: 'shop/web', GITHUB_REF: 'refs/pull/7/merge', GITHUB_JOB: 'gate' };
  it('is read from the environment of the runner and its event', () => {
    const wanted = {
      apiUrl: 'https://api.github.com',
      repository: 'shop/web',
      pullRequest: 7,
      token: 't',
      key: 'gate',
    };
    assert.deepEqual(commentPlace(env, ''), wanted);
    const byEvent = { ...env, GITHUB_REF: 'refs/heads/main', GITHUB_API_URL: 'https://ghe.example/api/v3' };
    assert.deepEqual(commentPlace(byEvent, '{"pull_request":{"number":7}}'), {
      ...wanted,
      apiUrl: 'https://ghe.example/api/v3',
    });
    for (const [changes, reason] of [
      [{ GITHUB_TOKEN: '' }, /GITHUB_TOKEN is not set/],
      [{ GITHUB_REPOSITORY: '../x' }, /not owner\/name/],
      [{ GITHUB_REF: 'refs/heads/main' }, /not for a pull request/],
    ] as const) {
      const found = commentPlace({ ...env, ...changes }, 'no event');
      assert.match('reason' in found ? found.reason : '', reason);
    }
  });
});
