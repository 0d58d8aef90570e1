// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source code are what is tested here
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readImports } from './imports/read-imports.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vigie-imports-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;
type Checked = { readonly code: number | null; readonly output: string };

let trees = 0;
/** Plants files in a tree of their own and runs the command that `npm run check` runs on it. */
function check(files: Files): Checked {
  trees += 1;
  const root = join(scratch, String(trees));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'check-imports.ts'), root],
    {
      encoding: 'utf8',
    },
  );
  return { code: status, output: stdout + stderr };
}

const CLEAN: Files = {
  'core/unit.ts': 'export type Unit = string;',
  'core/judge.ts': "import type { Unit } from './unit.ts';\nexport const judge = (unit: Unit): Unit => unit;",
  'alerts/rules.ts': "import { judge } from '../core/judge.ts';\nexport const rules = judge;",
  'app/main.ts': "import { rules } from '../alerts/rules.ts';\nrules('x');",
};

function assertReported(extra: Files, ...patterns: readonly RegExp[]): void {
  const { code, output } = check({ ...CLEAN, ...extra });
  assert.equal(code, 1, output);
  for (const pattern of patterns) assert.match(output, pattern);
  assert.match(output, /\d+ violations in \d+ files/);
}

describe('check-imports', () => {
  it('passes a clean tree and says how much it read', () => {
    const { code, output } = check(CLEAN);
    assert.equal(code, 0, output);
    assert.equal(output.trim(), 'no cycles and no crossed boundaries in 4 files with 3 imports');
  });

  it('reports a planted cycle of files', () => {
    const back = { 'core/unit.ts': "import { judge } from './judge.ts';\nexport type Unit = typeof judge;" };
    assertReported(back, /cycle of files: core\/judge\.ts -> core\/unit\.ts -> core\/judge\.ts/, /core\/unit\.ts:1 ->/);
  });

  it('reports a planted cycle of types alone, whichever way they are named', () => {
    const ways = [
      "import type { judge } from './judge.ts';",
      "import { type judge } from './judge.ts';",
      "export type { judge } from './judge.ts';",
      "export type Unit = typeof import('./judge.ts');",
      "export * from './judge.ts';",
      "export * as judging from './judge.ts';",
      "import './judge.ts';",
      "await import('./judge.ts');",
      "import {\n  judge,\n} from\n  './judge.ts';",
    ];
    for (const way of ways) assertReported({ 'core/unit.ts': way }, /cycle of files: core\/judge\.ts/);
  });

  it('reports a file that imports itself', () => {
    assertReported(
      { 'core/self.ts': "import type {} from './self.ts';" },
      /cycle of files: core\/self\.ts -> core\/self\.ts$/m,
    );
  });

  it('reports a planted cycle of folders whose files have none', () => {
    const extra = {
      'web/api/a.ts': "import '../pages/b.ts';",
      'web/pages/b.ts': '',
      'web/pages/c.ts': "import '../api/d.ts';",
      'web/api/d.ts': '',
    };
    assertReported(
      extra,
      /cycle of folders: web\/api -> web\/pages -> web\/api/,
      /web\/api\/a\.ts:1 -> web\/pages\/b\.ts/,
    );
  });

  it('takes a folder inside another as a part of it and not as a neighbour', () => {
    const extra = {
      'web/a.ts': "import './pages/b.ts';",
      'web/pages/b.ts': '',
      'web/pages/c.ts': "import '../d.ts';",
      'web/d.ts': '',
    };
    assert.equal(check({ ...CLEAN, ...extra }).code, 0);
  });

  it('does not count tests and what serves them as a tie between folders', () => {
    const extra = {
      'web/pages/b.ts': "import '../d.ts';",
      'web/d.ts': '',
      'web/d.test.ts': "import './pages/b.ts';",
      'web/testing/e.ts': "import '../pages/b.ts'; import '../d.test.ts';",
    };
    assert.equal(check({ ...CLEAN, ...extra }).code, 0);
  });

  it('reports a planted breach of a boundary, types included', () => {
    const breaches: readonly [string, string, RegExp][] = [
      ['core/x.ts', '../alerts/rules.ts', /core may import nothing of ours/],
      ['web/x.ts', '../alerts/rules.ts', /web may import core; take what you need as a parameter/],
      ['process/x.ts', '../alerts/rules.ts', /process may import core/],
      ['alerts/x.ts', '../app/main.ts', /alerts may import core/],
      ['demo/x.ts', '../core/unit.ts', /demo may import nothing of ours/],
      ['synthetic/http/x.ts', '../tcp/y.ts', /synthetic\/http may import core, process, synthetic, synthetic\/net/],
      ['load/scenarios/x.ts', '../../core/unit.ts', /load\/scenarios may import load\/kit/],
    ];
    const other = { 'synthetic/tcp/y.ts': '' };
    for (const [file, imported, pattern] of breaches) {
      assertReported(
        { ...other, [file]: `\nimport type {} from '${imported}';` },
        pattern,
        new RegExp(`^${file}:2 -> `, 'm'),
      );
    }
  });

  it('lets tests, and nothing else, take the real tools from process', () => {
    const find = { 'process/find.ts': '' };
    const source = "import '../process/find.ts';";
    assert.equal(check({ ...CLEAN, ...find, 'web/x.test.ts': source }).code, 0);
    assertReported({ ...find, 'web/x.ts': source }, /web may import core/);
    assertReported({ ...find, 'demo/x.test.ts': source }, /demo may import nothing of ours/);
    assertReported({ ...find, 'core/x.test.ts': source }, /core may import nothing of ours/);
  });

  it('reports content that the engine imports, even from where all may be imported', () => {
    const content = {
      'synthetic/journeys/search.ts': '',
      'load/scenarios/smoke.ts': '',
      'vigie.config.ts': '',
      'demo/main.ts': '',
    };
    for (const path of Object.keys(content)) {
      assertReported({ ...content, 'app/x.ts': `import '../${path}';` }, /is content, which the engine never imports/);
    }
    const fromTests = { ...CLEAN, ...content, 'test/x.test.ts': "import '../demo/main.ts';" };
    assert.equal(check(fromTests).code, 0, 'tests may');
  });

  it('reports a folder that has no rule, and a file that is not there', () => {
    assertReported({ 'utils/x.ts': "import '../core/unit.ts';" }, /utils\/x\.ts:1: the folder utils has no rule/);
    assertReported({ 'core/x.ts': "import './unit';" }, /core\/x\.ts:1 -> core\/unit: there is no such file/);
  });

  it('does not pass what it could not read', () => {
    const { code, output } = check({ 'docs/readme.md': '' });
    assert.equal(code, 2);
    assert.match(output, /0 files with 0 imports/);
  });

  it('leaves out what is not ours', () => {
    const noise = { 'node_modules/x/a.ts': "import './a.ts';", 'test/fixtures/a.ts': "import './a.ts';" };
    assert.equal(check({ ...CLEAN, ...noise }).code, 0);
  });
});

describe('readImports', () => {
  const namesIn = (source: string): readonly string[] => readImports(source).map(({ specifier }) => specifier);

  it('takes every form of naming a module', () => {
    const source = `import a from './a.ts'; import * as b from "./b.ts"
import c, { d as from } from './c.ts'; export { e } from './e.ts';
import f from './f.json' with { type: 'json' };
const g = await import( './g.ts' ); type H = import('./h.ts').H;
import'./i.ts';import{j}from'./j.ts';import(\`./k.ts\`);`;
    const names = ['a.ts', 'b.ts', 'c.ts', 'e.ts', 'f.json', 'g.ts', 'h.ts', 'i.ts', 'j.ts', 'k.ts'];
    assert.deepEqual(
      namesIn(source),
      names.map((name) => `./${name}`),
    );
  });

  it('takes nothing from comments, strings, templates and regular expressions', () => {
    const cases = [
      "// import './x.ts'",
      "/* import './x.ts'\n from './x.ts' */",
      '/** @type {import("./x.ts").X} */',
      `const a = "import './x.ts'";`,
      "const a = 'it\\'s from \"./x.ts\"';",
      "const a = `import './x.ts'`;",
      "const a = `${b} from './x.ts'`;",
      "const a = `${`${{ a: '}' }} import './x.ts'`}`;",
      "const a = /import '.\\/x.ts'/;",
      "const a = b.match(/['\"`]/) ?? /[/'] from '.\\/x.ts'/g;",
      "Array.from('./x.ts'); thing.import('./x.ts'); import.meta.resolve('./x.ts');",
      "const from = 1; const x = from / 2; const t = 'a'; // from './x.ts'",
      'import(name); import.meta.url;',
    ];
    for (const source of cases) assert.deepEqual(namesIn(source), [], source);
  });

  it('is not led astray by what comes before', () => {
    const before = [
      'const a = b / c / d;',
      "const a = /'/;",
      'const a = /[`"]/;',
      "const a = (1 + 2) / 3; const b = '/';",
      'const a = `${b / c}`;',
      'const a = `${{ b: `}` }.b}`;',
      'const a = b as Array<string>; const c = a[0] / 2;',
      "return /it's/;",
      "const a = 'unterminated",
      'const a = 1_000.5e3 / 2;',
      "#!/usr/bin/env node it's",
      "class A { #private = /'/; get [`x`]() { return this.#private; } }",
      'const a = \'\\\\\'; const b = "\\"";',
    ];
    for (const text of before) assert.deepEqual(namesIn(`${text}\nimport './x.ts';`), ['./x.ts'], text);
  });

  it('tells the line', () => {
    assert.deepEqual(readImports("\n`\n\n`;\n/*\n*/ import {\n} from './x.ts';"), [{ specifier: './x.ts', line: 7 }]);
  });
});
