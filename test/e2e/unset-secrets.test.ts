import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { vigieHere } from './vigie-here.ts';
import { makeWorkspace, startVigie, until } from './vigie-process.ts';

const CONFIG = `{
  target: { name: 'shop', url: 'http://127.0.0.1:1' },
  settings: { web: { port: 0 } },
  defaults: { every: '1h' },
  channels: [v.webhook('team', { url: v.secret('UNSET_HOOK') })],
  checks: [
    v.heartbeatCheck('job', { token: v.secret('UNSET_PING'), period: '1h' }),
    v.httpCheck('home', { every: '1h', headers: { a: v.secret('UNSET_KEY'), b: v.secretFile('no-such-file') } }),
    v.httpCheck('other', { every: '1h', headers: { a: v.secret('UNSET_KEY') } }),
  ],
}`;
const SAID = [
  /'UNSET_PING' is not set, used by check 'job' – set the environment variable UNSET_PING, or UNSET_PING_FILE/,
  /'UNSET_KEY' is not set, used by check 'home', check 'other' – /,
  /'no-such-file' cannot be read: ENOENT.*, used by check 'home' – /,
  /'UNSET_HOOK' is not set, used by channel 'team' – /,
];
const document = z.looseObject({ unsetSecrets: z.array(z.object({ name: z.string(), usedBy: z.array(z.string()) })) });

describe('every secret that is not set is named at once', () => {
  for (const [command, code] of [
    ['validate', 0],
    ['doctor', 2],
  ] as const)
    it(`by vigie ${command}, which ends with ${code}`, async () => {
      using workspace = makeWorkspace();
      workspace.config(CONFIG);
      const people = await vigieHere(workspace.folder, [command]);
      assert.equal(people.code, code, people.stderr);
      for (const said of SAID) assert.match(people.stdout, said);
      const machine = await vigieHere(workspace.folder, [command, '--json']);
      assert.equal(machine.code, code);
      assert.deepEqual(
        document.parse(JSON.parse(machine.stdout)).unsetSecrets.map(({ name, usedBy }) => [name, usedBy]),
        [
          ['UNSET_PING', ["check 'job'"]],
          ['UNSET_KEY', ["check 'home'", "check 'other'"]],
          ['no-such-file', ["check 'home'"]],
          ['UNSET_HOOK', ["channel 'team'"]],
        ],
      );
    });
  it('by vigie start, which goes on', async () => {
    using workspace = makeWorkspace();
    workspace.config(CONFIG);
    const daemon = await startVigie(workspace.folder, {});
    try {
      await until('all are named', () => SAID.every((said) => said.test(daemon.output())) || undefined);
    } finally {
      await daemon.kill('SIGTERM');
    }
  });
});
