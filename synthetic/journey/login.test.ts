import assert from 'node:assert/strict';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { type Bench, openBench, type Trial } from './fixtures/harness.ts';
import { type Site, startSite } from './fixtures/site.ts';

describe('a stored login', () => {
  let bench: Bench;
  let site: Site;
  let valid = 'one';
  let acceptsLogin = true;
  before(async () => {
    bench = await openBench();
    site = await startSite(({ path, headers }, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const isMember = headers.cookie?.includes(`session=${valid}-session-of-many-letters`) ?? false;
      if (path.startsWith('/login?') && acceptsLogin) {
        response
          .writeHead(302, {
            location: '/welcome',
            'set-cookie': `session=${valid}-session-of-many-letters; Path=/; Max-Age=3600`,
          })
          .end();
      } else if (path === '/member' && !isMember) response.writeHead(302, { location: '/login' }).end();
      else response.end(`<h1>${path === '/member' ? 'Membre' : 'Login'}</h1>`);
      return true;
    });
  });
  after(async () => {
    await bench.close();
    await site.close();
  });

  const secrets = { PASSWORD: 'correct horse' };
  const run = (maxAge: '8h' | '1m' = '8h'): Promise<Trial> =>
    bench.run(
      site.url,
      {
        file: 'logged-in.ts',
        export: 'member',
        login: { file: 'logged-in.ts', export: 'login', maxAge },
        secrets: { password: { secret: 'PASSWORD', from: 'environment' } },
      },
      { secrets },
    );
  const logins = (): number => site.visits.filter(({ path }) => path.startsWith('/login?')).length;
  const stateFile = (): string => {
    const file = readdirSync(bench.folder).find((name) => name.startsWith('login-'));
    assert.ok(file !== undefined);
    return join(bench.folder, file);
  };

  it('is made once, kept with mode 0600, used by later runs, and made anew when it is old or refused', async () => {
    assert.equal((await run()).judgement.verdict.status, 'passed');
    assert.equal((await run()).judgement.verdict.status, 'passed');
    assert.equal(logins(), 1);
    assert.equal(statSync(stateFile()).mode & 0o777, 0o600);

    const longAgo = Date.now() / 1_000 - 120;
    utimesSync(stateFile(), longAgo, longAgo);
    assert.equal((await run('1m')).judgement.verdict.status, 'passed');
    assert.equal(logins(), 2);

    valid = 'two';
    assert.equal((await run()).judgement.verdict.status, 'passed');
    assert.equal(logins(), 3);
  });

  it('leaves nothing of the session in what a failed run records', async () => {
    const member = {
      file: 'logged-in.ts',
      export: 'failsAsMember',
      secrets: { password: { secret: 'PASSWORD', from: 'environment' } },
    } as const;
    const trial = await bench.run(
      site.url,
      { ...member, login: { file: 'logged-in.ts', export: 'login' } },
      { secrets, recording: 'full' },
    );
    assert.equal(trial.judgement.verdict.status, 'failed', JSON.stringify(trial.judgement.verdict));
    const texts = [JSON.stringify(trial.observation)];
    for (const { kind, file } of trial.observation.artefacts) {
      const bytes = await readFile(join(trial.folder, file));
      const entries = kind === 'trace' ? Object.values(unzipSync(bytes)) : [bytes];
      texts.push(...entries.map((entry) => Buffer.from(entry).toString('latin1')));
    }
    assert.ok(texts.some((text) => text.includes('[secret login session]')));
    for (const text of texts) assert.ok(!text.includes('-session-of-many-letters'));
  });

  it('is a fault of the login when it cannot be made, and a failure of the target when that is down', async () => {
    valid = 'three';
    acceptsLogin = false;
    const { observation } = await run();
    assert.equal(observation.fault?.code, 'login-failed');
    assert.equal(observation.facts.during, 'login');
    await site.close();
    const down = await run();
    assert.equal(down.judgement.verdict.status, 'failed', JSON.stringify(down.judgement.verdict));
  });
});
