import { configFile } from './config-file.ts';
import type { FirstTarget } from './first-target.ts';
import { journeyFile } from './journey-file.ts';
import { lighthouseFile } from './lighthouse-file.ts';
import { loadFile } from './load-file.ts';

/** A file to write, by its path relative to the folder. */
export type FirstFile = { readonly path: string; readonly what: string; readonly text: string };

/** What `vigie init` writes. */
export function firstFiles(target: FirstTarget): readonly FirstFile[] {
  return [
    { path: 'vigie.config.ts', what: 'what is watched, how often, within which budgets', text: configFile(target) },
    { path: 'journeys/home.ts', what: 'one journey in a real browser', text: journeyFile(target) },
    { path: 'load/smoke.ts', what: 'one k6 scenario, also for plain `k6 run`', text: loadFile(target) },
    { path: 'lighthouserc.json', what: 'pages and assertions of the audit', text: lighthouseFile(target) },
  ];
}
