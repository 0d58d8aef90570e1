// What each command says, beside this file: one text each, so that a change of wording is one change to read.
// To write them anew: VIGIE_RENEW_GOLDEN=1 npm test -- test/golden (not on CI), then read what git shows.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { openTarget } from '../e2e/target.fixture.ts';
import { vigieHere } from '../e2e/vigie-here.ts';
import { type Ended, startVigie, vigie } from '../e2e/vigie-process.ts';
import { commandsWithGolden, compareWithGolden } from './golden-files.ts';
import { makeProject, NOW, type Project } from './project.ts';
import { type Scene, scenesOf } from './scenes.ts';
import { stableWords } from './stable-words.ts';

/** As it was before a command of a test said that it is on CI. */
const ENVIRONMENT = { ...process.env };
// What a command says must not depend on where this test runs.
for (const name of ['FORCE_COLOR', 'GITHUB_ACTIONS', 'VIGIE_TARGET', 'VIGIE_ENVIRONMENT']) delete process.env[name];

describe('what each command says', () => {
  const stack = new AsyncDisposableStack();
  let project: Project;
  let targetUrl: string;
  before(async () => {
    ({ url: targetUrl } = stack.use(await openTarget()));
    project = stack.use(await makeProject(targetUrl));
  });
  after(() => stack.disposeAsync());

  const compare = (command: string, texts: readonly string[]): void =>
    compareWithGolden(import.meta.dirname, command, texts.join('\n'), ENVIRONMENT);
  const shown = (args: string, said: Omit<Ended, 'signal'>, isMeasured?: boolean): string =>
    stableWords(textOf(args, said), { root: project.root, targetUrl }, isMeasured);

  /** The program that is called by this name says which version it is, and nothing else. */
  function fake(name: string, answer: string): string {
    const file = join(project.root, name);
    writeFileSync(file, `#!/bin/sh\necho '${answer}'\n`);
    chmodSync(file, 0o755);
    return file;
  }

  async function play({ args, within = 'watched', env = {}, isMeasured, uid }: Scene): Promise<string> {
    const user = uid === undefined ? undefined : mock.property(process, 'getuid', () => uid);
    try {
      const words = args.split(' ').filter((word) => word !== '');
      return shown(args, await vigieHere(project[within], words, env), isMeasured);
    } finally {
      user?.mock.restore();
    }
  }

  for (const command of Object.keys(scenesOf({ targetUrl: '', k6: '', chromium: '' })))
    it(`vigie ${command}`, async () => {
      const places = {
        targetUrl,
        k6: fake('k6', 'k6 v2.2.0 (go1.25)'),
        chromium: fake('chromium', 'Chromium 140.0.1.2'),
      };
      const { usual = [], wrong = [] } = scenesOf(places)[command] ?? {};
      const help = { args: command === 'vigie' ? '--help' : `${command} --help` };
      const texts: string[] = [];
      mock.timers.enable({ apis: ['Date'], now: NOW });
      try {
        for (const scene of [help, ...usual, ...wrong]) texts.push(await play(scene));
      } finally {
        mock.timers.reset();
      }
      compare(command, texts);
    });

  // By a process of its own: it is stopped by a signal, and hears signals for as long as its process lives.
  it('vigie start', async () => {
    const help = await play({ args: 'start --help' });
    await using daemon = await startVigie(project.measured);
    await vigieHere(project.measured, ['run', 'home', 'news']);
    await daemon.said(/news failed/);
    const second = await vigie(project.measured, ['start']);
    const code = await daemon.kill('SIGTERM');
    const first = shown('start', { code, stdout: daemon.output(), stderr: '' }, true);
    const pid = new RegExp(`\\b${daemon.pid}\\b`, 'g');
    compare('start', [help, first, shown('start', second, true).replaceAll(pid, '<pid>')]);
  });

  it('is written down for every command there is, and for no other', async () => {
    const commands = ['vigie', ...(await commandsBelow(''))];
    assert.ok(commands.includes('budgets import') && commands.length > 15, commands.join());
    assert.deepEqual(commandsWithGolden(import.meta.dirname), commands.toSorted());
  });
});

/** A scene as it is checked in: what was typed, what was said, and where when it was not stdout. */
function textOf(args: string, { code, stdout, stderr }: Omit<Ended, 'signal'>): string {
  const errors = stderr === '' ? '' : `--- stderr\n${stderr}`;
  return `${`$ vigie ${args}`.trimEnd()}\n${stdout}${errors}--- exit ${code}\n`;
}

/** The commands that the help of this one lists, with those below them. */
async function commandsBelow(command: string): Promise<readonly string[]> {
  const words = command.split(' ').filter((word) => word !== '');
  const { stdout } = await vigieHere(import.meta.dirname, [...words, '--help']);
  const [, list = ''] = stdout.split(/^Commands:$/m);
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  const found: string[] = [];
  for (const name of names) {
    const whole = [...words, name].join(' ');
    found.push(whole, ...(await commandsBelow(whole)));
  }
  return found;
}
