import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { vigieHere } from '../e2e/vigie-here.ts';
import { blocksOf, codeIn, type Page, proseOf, ROOT, readDocument, readDocuments, rowsOf } from './documents.ts';

const documents = readDocuments();
const helps = new Map<string, Promise<string>>();

/** What `vigie <command> --help` says, asked once for each. */
function helpOf(command: string): Promise<string> {
  const known = helps.get(command);
  if (known !== undefined) return known;
  const args = [...command.split(' ').filter((word) => word !== ''), '--help'];
  const asked = vigieHere(ROOT, args).then(({ stdout }) => stdout);
  helps.set(command, asked);
  return asked;
}

describe('command lines in the documents', () => {
  for (const page of documents) {
    it(`of ${page.path} parse`, async () => {
      for (const line of commandLines(page)) await assertParses(line);
    });
  }

  it('name scripts of package.json', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const named = documents.flatMap((page) => [
      ...page.text.matchAll(/npm (?:run )?(start|test|check|vigie|fault|setup)\b/g),
    ]);
    assert.ok(named.length > 0);
    for (const [, name = ''] of named) assert.ok(Object.hasOwn(scripts, name), `there is no script '${name}'`);
  });
});

describe('the table of commands in the README', () => {
  const rows = rowsOf(readDocument('README.md')).filter(([first = '']) => first.startsWith('`vigie '));

  it('names every command', async () => {
    const help = await helpOf('');
    const listed = [...help.matchAll(/^ {2}([a-z]+) (?:\[|<| )/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'help');
    const named = rows.map(([first = '']) => /^`vigie ([a-z]+)/.exec(first)?.[1] ?? '');
    assert.ok(listed.length > 5);
    assert.deepEqual([...new Set(named)].sort(), [...listed].sort());
  });

  it('names only options that each has', async () => {
    for (const [first = '', second = ''] of rows) {
      const command = codeIn(first)[0] ?? '';
      const flags = codeIn(second).filter((code) => code.startsWith('--'));
      for (const flag of flags) await assertParses(`${command} ${flag}`);
    }
  });
});

/** `vigie …` in shell blocks and between backticks, without what begins them. */
function commandLines(page: Page): readonly string[] {
  const shell = blocksOf(page)
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ text }) => text.split('\n'));
  return [...shell, ...codeIn(proseOf(page))]
    .map((line) => /^(?:npx |npm run (?=vigie))?vigie(?: --)?(?= [a-z-])(.*)$/.exec(line.trim())?.[1])
    .filter((line) => line !== undefined)
    .map((line) => `vigie${line}`);
}

async function assertParses(line: string): Promise<void> {
  const [, ...words] = line.replace(/\s#.*$/, '').split(/\s+/);
  const [command = ''] = words;
  const known = await helpOf('');
  assert.match(known, new RegExp(`^ {2}${command} `, 'm'), `'${line}': there is no command '${command}'`);
  const help = await helpOf(await withSubcommand(words));
  for (const flag of words.filter((word) => word.startsWith('--'))) {
    const name = flag.split('=')[0] ?? flag;
    assert.match(help, new RegExp(`${name}(?![a-z-])`), `'${line}': ${command} has no option ${name}`);
  }
}

/** The command with the one below it, where it has any. */
async function withSubcommand([command = '', second = '']: readonly string[]): Promise<string> {
  const help = await helpOf(command);
  const below = /^Commands:$([\s\S]*)/m.exec(help)?.[1] ?? '';
  if (below === '') return command;
  assert.match(below, new RegExp(`^ {2}${second}(?: |$)`, 'm'), `'${command} ${second}': there is no such command`);
  return `${command} ${second}`;
}
