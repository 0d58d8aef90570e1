import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProcess } from '../../process/run-process.ts';
import { isCopy, type Stage, type Step, textOf } from '../deploy/dockerfile.ts';
import { ROOT } from '../docs/documents.ts';

/**
 * Runs the steps of the Dockerfile without an engine for containers: each stage is this machine's own Debian with a layer on top that is thrown away
 * (an overlay, in a mount namespace of its own), where RUN runs under chroot. In place of the base image there is the Node of this repository.
 * What an engine would add (its seccomp profile, its network, its limits) is not tested.
 */
export type Tried = { readonly code: number | undefined; readonly output: string };

const LIMIT_MS = 30 * 60 * 1_000;

/** Why it cannot be done here; `undefined` when it can. */
export async function whyNoOverlay(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'overlays need root on Linux';
  const script =
    'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m';
  const ending = await runProcess({
    command: 'unshare',
    args: ['-m', 'sh', '-c', script],
    env: { PATH: process.env.PATH ?? '' },
    deadlineMs: 20_000,
  });
  return ending.how === 'exited' && ending.code === 0 ? undefined : 'this kernel does not let us mount an overlay';
}

/** Makes the image, lays a project into its folder and runs `checks` (a shell script) there as its own user; its output is the answer. */
export async function tryImage(
  stages: readonly Stage[],
  project: Readonly<Record<string, string>>,
  checks: string,
): Promise<Tried> {
  const work = mkdtempSync(join(tmpdir(), 'vigie-image-'));
  try {
    const script = join(work, 'build.sh');
    for (const folder of ['layers', 'project']) mkdirSync(join(work, folder));
    for (const [file, text] of Object.entries(project)) writeFileSync(join(work, 'project', file), text);
    writeFileSync(join(work, 'checks.sh'), checks);
    writeFileSync(
      script,
      [
        'set -eu',
        ...sendContext(work),
        ...stages.flatMap((stage, index) => stageLines(stage, index, stages, work)),
        runChecks(stages, work),
      ].join('\n'),
    );
    chmodSync(script, 0o700);
    const ending = await runProcess({
      command: 'unshare',
      args: ['--mount', '--pid', '--fork', 'sh', script],
      env: machineEnvironment(),
      deadlineMs: LIMIT_MS,
      stdoutCapBytes: 2 ** 20,
      stderrCapBytes: 2 ** 20,
    });
    if (ending.how === 'notStarted') throw new Error(ending.message);
    return { code: ending.how === 'exited' ? ending.code : undefined, output: `${ending.stdout}\n${ending.stderr}` };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function machineEnvironment(): Readonly<Record<string, string>> {
  // How this machine reaches its registries; nothing of ours.
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(npm_(?!config_(registry|cache|userconfig))|NODE_(?!EXTRA)|VIGIE_)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])),
    PATH: IMAGE_PATH,
    HOME: process.env.HOME ?? '/root',
    // Our own temporary folder is not in the layers.
    TMPDIR: '/tmp',
  };
}

const IMAGE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin';

/** The context as an engine gets it, by git: what is ignored there is ignored in .dockerignore as well. */
function sendContext(work: string): readonly string[] {
  const list = `git -C ${quote(ROOT)} ls-files -z --cached --others --exclude-standard -- . ':!:*.test.ts' ':!:**/fixtures/**' ':!:test' ':!:demo' ':!:docs' ':!:bench'`;
  return [
    `mkdir ${quote(join(work, 'context'))}`,
    `${list} | (cd ${quote(ROOT)} && xargs -0 cp --parents -t ${quote(join(work, 'context'))})`,
  ];
}

const rootOf = (work: string, index: number): string => join(work, 'layers', String(index));

function stageLines(stage: Stage, index: number, stages: readonly Stage[], work: string): readonly string[] {
  const layer = join(work, `layer-${index}`);
  const root = rootOf(work, index);
  const node = join(ROOT, 'node_modules', '.bin', 'node');
  let folder = '/';
  const lines = stage.steps.flatMap((step): readonly string[] => {
    if (step.keyword === 'WORKDIR' && 'text' in step) {
      folder = step.text;
      return [`mkdir -p ${quote(join(root, folder))}`];
    }
    if (isCopy(step)) return copyLines(step, { root, folder, from: sourceRoot(step, stages, work) });
    if (step.keyword !== 'RUN' || !('text' in step)) return [];
    return [
      `echo "--- RUN of stage ${index}" >&2`,
      `chroot ${quote(root)} sh -c ${quote(`cd ${quote(folder)} && ${step.text}`)} >&2`,
    ];
  });
  return [
    // On a memory disk: a layer cannot lie below the root that it is a layer of.
    `mkdir ${quote(layer)} ${quote(root)} && mount -t tmpfs -o size=4g none ${quote(layer)} && mkdir ${quote(layer)}/u ${quote(layer)}/w`,
    `mount -t overlay overlay -o ${quote(`lowerdir=/,upperdir=${layer}/u,workdir=${layer}/w`)} ${quote(root)}`,
    `mount --rbind /dev ${quote(root)}/dev && mount -t proc proc ${quote(root)}/proc && mount -t tmpfs -o mode=1777 none ${quote(root)}/tmp`,
    `rm -f ${quote(root)}/usr/local/bin/node && cp -L ${quote(node)} ${quote(root)}/usr/local/bin/node`,
    // What the base image has not, and this machine may: a k6 and packages of somebody else would hide that ours are missing.
    `rm -f ${quote(root)}/usr/local/bin/k6 ${quote(root)}/usr/bin/k6`,
    ...lines,
  ];
}

function sourceRoot(
  { from }: Extract<Step, { readonly keyword: 'COPY' }>,
  stages: readonly Stage[],
  work: string,
): string {
  return from === undefined
    ? join(work, 'context')
    : rootOf(
        work,
        stages.findIndex(({ name }) => name === from),
      );
}

type CopyPlaces = { readonly root: string; readonly folder: string; readonly from: string };

/** As COPY does: of a folder the content, of several files each into the folder that is named. */
function copyLines(
  { sources, to }: Extract<Step, { readonly keyword: 'COPY' }>,
  { root, folder, from }: CopyPlaces,
): readonly string[] {
  const target = join(root, to.startsWith('/') ? to : join(folder, to));
  const isFolder = to.endsWith('/') || to === '.';
  return sources.map((source) => {
    const path = join(from, source);
    const into = isFolder
      ? `mkdir -p ${quote(target)} && cp -a ${quote(path)} ${quote(target)}`
      : `mkdir -p ${quote(dirname(target))} && cp -a ${quote(path)} ${quote(target)}`;
    return `if [ -d ${quote(path)} ]; then mkdir -p ${quote(target)} && cp -a ${quote(path)}/. ${quote(target)}; else ${into}; fi`;
  });
}

/** As `docker run` would: the user, the folder and the variables of the image, nothing else, and no way to more rights. */
function runChecks(stages: readonly Stage[], work: string): string {
  const final = stages.at(-1);
  if (final === undefined) throw new Error('there is no stage');
  const root = rootOf(work, stages.length - 1);
  const [user = '', group = ''] = textOf(final, 'USER').split(':');
  const rights = `setpriv --reuid=${user} --regid=${group} --clear-groups --no-new-privs --bounding-set=-all`;
  const env = `env -i PATH=${IMAGE_PATH.replace(/:[^:]*go.bin$/, '')} HOME=/home/vigie ${textOf(final, 'ENV')}`;
  const inside = `cd ${textOf(final, 'WORKDIR')} && exec ${env} ${rights} sh /tmp/checks.sh`;
  return [
    `cp ${quote(join(work, 'checks.sh'))} ${quote(root)}/tmp/checks.sh`,
    // As a mount that the program only reads: the files are root's.
    `cp ${quote(join(work, 'project'))}/* ${quote(join(root, textOf(final, 'WORKDIR')))}`,
    `chroot ${quote(root)} sh -c ${quote(inside)}`,
  ].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
