import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../core/errors.ts';
import { type Located, locate, type Machine } from './where.mjs';

export type { Located } from './where.mjs';

/** In the repository we run as TypeScript and the script lies beside us; in an installed package it is a command. */
const SETUP = import.meta.filename.endsWith('.ts') ? 'node tools/setup.mjs' : 'npx vigie setup';

type Environment = Readonly<Record<string, string | undefined>>;

/** The browser that journeys and audits run in. Looked for in VIGIE_CHROMIUM, CHROME_PATH, PATH, Playwright's download. */
export function locateChromium(env: Environment = process.env): Promise<Located> {
  return locate('chromium', thisMachine(env));
}

/** k6 1.5 or newer. Looked for in VIGIE_K6, PATH, the tool cache that set-up fills. */
export function locateK6(env: Environment = process.env): Promise<Located> {
  return locate('k6', thisMachine(env));
}

/** For tests and `doctor`: checks metrics and rules. */
export function locatePromtool(env: Environment = process.env): Promise<Located> {
  return locate('promtool', thisMachine(env));
}

/** For tests: scrapes our own `/metrics`. */
export function locatePrometheus(env: Environment = process.env): Promise<Located> {
  return locate('prometheus', thisMachine(env));
}

/** For tests: takes what `--push` sends. */
export function locatePushgateway(env: Environment = process.env): Promise<Located> {
  return locate('pushgateway', thisMachine(env));
}

/** Lighthouse CI: the script to run with our own Node. It comes with the package, so a missing one is a broken install. */
export function locateLhci(): Located {
  return locateScript('@lhci/cli', 'lhci');
}

/** The Lighthouse that Lighthouse CI runs: 12 in a project without the override, 13 with it. */
export function locateLighthouse(): Located {
  const lhci = locateScript('@lhci/cli', 'lhci');
  // Asked from where LHCI stands: only so the version that LHCI itself loads is found.
  return locateScript('lighthouse', 'lighthouse', lhci.found ? lhci.path : import.meta.url);
}

/** Playwright Test, for spec checks. */
export function locatePlaywrightTest(): Located {
  return locateScript('@playwright/test', 'playwright');
}

const packageFile = z.object({
  version: z.string(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

function locateScript(packageName: string, binary: string, from: string = import.meta.url): Located {
  try {
    const file = createRequire(from).resolve(`${packageName}/package.json`);
    const { version, bin } = packageFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    const script = typeof bin === 'string' ? bin : bin?.[binary];
    if (script === undefined) throw new Error(`${file} names no program '${binary}'`);
    return { found: true, path: join(dirname(file), script), version, from: 'package' };
  } catch (error) {
    return { found: false, looked: [`${packageName}: ${messageOf(error)}`], mend: `npm install ${packageName}` };
  }
}

function thisMachine(env: Environment): Machine {
  return {
    env,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    isDebian: isDebian(),
    setup: SETUP,
  };
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    // macOS, and the rare Linux without the file.
    return false;
  }
}
