import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { GATE_FILES } from '../../reporters/gate/files.ts';
import { ROOT } from '../docs/documents.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Documents of a YAML file; a warning is an error here. */
function yaml(path: string): readonly unknown[] {
  return [...parseAllDocuments(read(path))].map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], path);
    return document.toJS();
  });
}

const action = z.object({
  inputs: z.record(
    z.string(),
    z.object({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({ id: z.string(), shell: z.string(), env: z.record(z.string(), z.string()), run: z.string() }),
    ),
  }),
});
const job = z.object({
  variables: z.record(z.string(), z.string()),
  before_script: z.array(z.string()),
  script: z.array(z.string()),
  artifacts: z.object({ when: z.literal('always'), reports: z.record(z.string(), z.string()) }),
});
const HOSTILE = `https://x.example/$(touch pwned)\`touch pwned\`"; touch pwned; '`;

/** Runs a script as the CI does, with an `npx` and `npm` that write their arguments down; returns them and whether anything else came of it. */
function run(
  script: string,
  env: Readonly<Record<string, string>>,
): { readonly given: readonly string[]; readonly pwned: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-ci-'));
  try {
    for (const tool of ['npx', 'npm']) {
      writeFileSync(join(folder, tool), `#!/bin/sh\nprintf '%s\\n' "$@" > given\n`);
      chmodSync(join(folder, tool), 0o755);
    }
    const bash = ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script];
    const options = { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin`, ...env }, timeout: 20_000 } as const;
    const { status, stderr } = spawnSync('bash', bash, { ...options, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const given = readFileSync(join(folder, 'given'), 'utf8').trimEnd().split('\n');
    return { given, pwned: existsSync(join(folder, 'pwned')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hostile = {
  VIGIE_GATE_TARGET: HOSTILE,
  VIGIE_GATE_BASELINE: HOSTILE,
  VIGIE_GATE_CONFIG: 'a b.ts',
  VIGIE_GATE_MAX_DURATION: '5m',
};
const WANTED = [
  '--no-install',
  'vigie',
  'gate',
  `--target=${HOSTILE}`,
  `--baseline=${HOSTILE}`,
  '--config=a b.ts',
  '--max-duration=5m',
];

describe('the action for GitHub', () => {
  const [parsed] = yaml('action.yml');
  const { inputs, outputs, runs } = action.parse(parsed);
  const step = runs.steps[0] ?? assert.fail();

  it('has the inputs and outputs that are promised, and hands every input over as a variable', () => {
    assert.deepEqual(Object.keys(inputs), ['target', 'baseline', 'config', 'max-duration', 'args']);
    assert.deepEqual(Object.keys(outputs), ['status', 'report']);
    for (const name of Object.keys(inputs)) {
      const variable = `VIGIE_GATE_${name.toUpperCase().replace('-', '_')}`;
      assert.equal(step.env[variable], `\${{ inputs.${name} }}`);
      assert.ok(step.run.includes(`$${variable}`), variable);
    }
    assert.doesNotMatch(step.run, /\$\{\{/, 'nothing is put into the text of the script');
  });

  it('gives the command what it was given, word for word, and runs none of it', () => {
    assert.deepEqual(run(step.run, { ...hostile, VIGIE_GATE_ARGS: '--tag smoke\n$(touch pwned) *' }), {
      given: [...WANTED, '--tag', 'smoke', '$(touch', 'pwned)', '*'],
      pwned: false,
    });
    assert.deepEqual(run(step.run, { ...hostile, VIGIE_GATE_ARGS: '' }).given, WANTED);
  });
});

describe('the template for GitLab', () => {
  const [head, body] = yaml('deploy/gitlab/vigie-gate.yml');
  const { 'vigie-gate': gate } = z.object({ 'vigie-gate': job }).parse(body);

  it('hands inputs over as variables, and reads reports that the gate writes', () => {
    const { spec } = z.object({ spec: z.object({ inputs: z.record(z.string(), z.unknown()) }) }).parse(head);
    assert.deepEqual(Object.keys(spec.inputs), ['target', 'baseline', 'config', 'max-duration', 'stage']);
    assert.doesNotMatch([...gate.script, ...gate.before_script].join('\n'), /\$\[\[/);
    assert.deepEqual([gate.before_script.length, gate.script.length], [2, 1]);
    assert.deepEqual(gate.artifacts.reports, {
      junit: `vigie-gate/${GATE_FILES.junit}`,
      metrics: `vigie-gate/${GATE_FILES.metrics}`,
    });
    assert.deepEqual(Object.keys(gate.variables), Object.keys(hostile));
  });

  it('gives the command what it was given', () => {
    const { given, pwned } = run(gate.script.join('\n'), hostile);
    assert.deepEqual([given, pwned], [[...WANTED, '--out=vigie-gate'], false]);
  });
});

describe('the template for Jenkins', () => {
  const text = read('deploy/jenkins/Jenkinsfile');
  const scripts = [...text.matchAll(/\bsh\s+'([^']*)'/g)].map(([, script = '']) => script);

  it('has no script that Groovy puts anything into, and closes what it opens', () => {
    assert.ok(text.includes(`testResults: 'vigie-gate/${GATE_FILES.junit}'`));
    assert.equal(scripts.length, text.match(/\bsh\s/g)?.length, 'each script is in single quotes');
    const code = text.replace(/\/\/.*$/gm, '').replace(/'[^']*'|"[^"]*"/g, '');
    for (const [open = '', close = ''] of ['{}', '()', '[]'].map((pair) => [...pair]))
      assert.equal(code.split(open).length, code.split(close).length, `${open}${close}`);
  });

  it('gives the command what it was given', () => {
    const { given, pwned } = run(scripts.at(-1) ?? '', hostile);
    assert.deepEqual([given, pwned], [[...WANTED, '--out=vigie-gate'], false]);
  });
});
