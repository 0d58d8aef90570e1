import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EXIT, type ExitCode, messageOf } from '../../core/errors.ts';
import { type FirstFile, firstFiles } from '../init/first-files.ts';
import { readFirstTarget } from '../init/first-target.ts';
import { type OverridePlan, planOverride } from '../init/lighthouse-override.ts';
import { type FirstLook, lookAtTarget } from '../init/look-at-target.ts';
import { ownLighthouseVersion } from '../init/own-lighthouse.ts';
import { replaceFile } from '../init/replace-file.ts';
import { refuseWhatIsThere, writeFiles } from '../init/write-files.ts';
import type { Terminal } from '../terminal.ts';

export type InitOptions = { readonly url: string };

/** `vigie init`: writes a first configuration that passes against a healthy application. Overwrites nothing; all or nothing. */
export async function init({ url }: InitOptions, terminal: Terminal): Promise<ExitCode> {
  const folder = process.cwd();
  const target = readFirstTarget(url);
  // Before anything is asked or written: whoever runs it in the wrong folder learns it at once.
  refuseWhatIsThere(folder, firstFiles(target));
  const planned = planOverride(folder, ownLighthouseVersion());
  const look = await lookAtTarget(target);
  const files = firstFiles({ ...target, path: look.path });
  writeFiles(folder, files);
  const override = applyOverride(folder, planned);
  report({ folder, files, look, override, next: nextSteps(folder) }, terminal);
  return EXIT.passed;
}

type Applied = { readonly changed: readonly string[]; readonly notes: readonly string[] };

/** The first files are worth having without it, so a package.json that cannot be written is told and no failure. */
function applyOverride(folder: string, { text, says }: OverridePlan): Applied {
  if (text === undefined) return { changed: [], notes: says };
  try {
    replaceFile(join(folder, 'package.json'), text);
    return { changed: ['package.json'], notes: says };
  } catch (error) {
    const problem = `package.json could not be changed (${messageOf(error)}); please do it yourself:`;
    return { changed: [], notes: [problem, ...says] };
  }
}

type Outcome = {
  readonly folder: string;
  readonly files: readonly FirstFile[];
  readonly look: FirstLook;
  readonly override: Applied;
  readonly next: readonly Step[];
};

function report({ folder, files, look, override, next }: Outcome, terminal: Terminal): void {
  if (terminal.json) {
    const written = files.map(({ path }) => path);
    terminal.out(JSON.stringify({ schemaVersion: 1, folder, written, ...override, target: look.says, next }, null, 2));
  }
  const { say, paint } = terminal;
  const width = Math.max(...files.map(({ path }) => path.length));
  for (const { path, what } of files) say(`${paint.good('wrote')} ${path.padEnd(width)}  ${paint.dim(what)}`);
  for (const line of override.notes) say(line);
  say(look.isGood ? look.says : paint.warn(look.says));
  say('next:');
  for (const { command, why } of next) say(`  ${paint.bold(command.padEnd(32))} ${paint.dim(why)}`);
}

type Step = { readonly command: string; readonly why: string };

function nextSteps(folder: string): readonly Step[] {
  return [
    ...(isInstalled(folder)
      ? []
      : [{ command: 'npm install --save-dev vigie', why: 'types for the editor, and one version for everybody' }]),
    { command: 'npx vigie doctor', why: 'are browser and k6 there? `npx vigie setup` brings what is missing' },
    { command: 'npx vigie run', why: 'every check once, now' },
    { command: 'npx vigie start', why: 'watch; the page is on http://127.0.0.1:9464' },
    ...(existsSync(join(folder, '.git'))
      ? [{ command: 'add data/ and logs/ to .gitignore', why: 'what runs leave behind' }]
      : []),
  ];
}

function isInstalled(folder: string): boolean {
  try {
    createRequire(join(folder, 'vigie.config.ts')).resolve('vigie/package.json');
    return true;
  } catch {
    // Run by `npx` from its cache, or installed globally: it works, but the editor knows no types.
    return false;
  }
}
