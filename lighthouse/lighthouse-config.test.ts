import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatDiagnostic } from '../core/errors.ts';
import { configPathProblems } from './lighthouse-config.ts';
import { emptyRc } from './rc.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function problemsOf(configPath: string, text?: string, signal = new AbortController().signal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-lighthouse-config-'));
  folders.push(folder);
  if (text !== undefined) await writeFile(join(folder, configPath), text);
  const rc = emptyRc(folder);
  const withConfig = { ...rc, collect: { ...rc.collect, settings: { configPath } } };
  const problems = await configPathProblems(withConfig, signal);
  return problems.map((problem) => formatDiagnostic(problem).replaceAll(`${folder}/`, '')).join('\n');
}

describe('the configuration of Lighthouse that lighthouserc.json names', () => {
  const full = `{
    extends: 'lighthouse:default', audits: [class {}], artifacts: null, plugins: [],
    settings: { onlyAudits: null, throttling: { rttMs: 1 }, screenEmulation: { width: 1 } },
    categories: { own: { title: 'own', auditRefs: [] } }, groups: {},
  }`;

  for (const [name, text] of [
    ['a.json', '{ "extends": "lighthouse:default", "settings": { "throttling": { "rttMs": 1 } } }'],
    ['a.mjs', `console.log('loaded'); export default ${full};`],
    ['a.cjs', `module.exports = ${full};`],
  ] as const)
    it(`is right: ${name}`, async () => assert.equal(await problemsOf(name, text), ''));

  it('is not blamed when the run is cancelled', async () =>
    assert.equal(await problemsOf('a.mjs', 'await new Promise(() => undefined);', AbortSignal.abort()), ''));

  const refused: readonly (readonly [name: string, text: string | undefined, says: RegExp])[] = [
    ['a.json', '{ "setings": {} }', /^a\.json: 'setings' is not known here – did you mean 'settings'\?$/],
    ['b.json', '{ "settings": { "onlyAudit": [] } }', /^b\.json: settings: 'onlyAudit' .*'onlyAudits'/],
    ['c.json', '{ "settings": {}, "settings": {} }', /^c\.json: settings: stands twice/],
    ['a.mjs', 'export default { settings: { throttling: { rttMS: 1 } } };', /settings\.throttling: 'rttMS' .*'rttMs'/],
    ['b.cjs', 'module.exports = { settings: { screenEmulation: { wdith: 1 } } };', /'wdith' .*'width'/],
    ['c.mjs', 'export const settings = {};', /configPath: c\.mjs cannot be read: Error: it has no default export/],
    ['d.cjs', "throw new TypeError('broken');", /configPath: d\.cjs cannot be read: TypeError: broken/],
    ['e.cjs', undefined, /configPath: e\.cjs cannot be read: Error.*Cannot find module/],
    ['e.json', undefined, /configPath: e\.json cannot be read: ENOENT/],
  ];
  for (const [name, text, says] of refused)
    it(`is refused: ${name} ${text ?? 'is missing'}`, async () => assert.match(await problemsOf(name, text), says));
});
