import { existsSync } from 'node:fs';
import { descendantsOf, isAlive, type Process } from '../e2e/processes.ts';
import { openTarget } from '../e2e/target.fixture.ts';
import { makeWorkspace, startVigie, until } from '../e2e/vigie-process.ts';
import { foldersIn, markedOf } from './leftovers.ts';
import type { Outcome } from './outcome.ts';
import { makeTemp } from './own-temp.ts';
import { CRASHES, LOADS } from './series.ts';

/** A run that lasts, by the path by which the target sees that its tool is at work. */
const LASTING = {
  'a journey': {
    files: CRASHES.files,
    check: `v.journeyCheck('heavy', { every: '1s', timeout: '60s', file: 'journey.ts', params: { path: '/hang' } })`,
    sign: '/hang',
    tool: /chrom/,
  },
  'a k6 run': {
    files: { 'load.ts': (LOADS.files?.['load.ts'] ?? '').replace('iterations: 4', `duration: '60s'`) },
    check: `v.loadCheck('heavy', { every: '1s', timeout: '90s', script: 'load.ts' })`,
    sign: '/load',
    tool: /k6/,
  },
};

const WITHIN_MS = 90_000;
const POLL_MS = 2;

/** Kills a monitor in the middle of a heavy run; the next start ends what was left behind. */
export async function killInTheMiddleOf(what: keyof typeof LASTING): Promise<Outcome> {
  const { files, check, sign, tool } = LASTING[what];
  await using target = await openTarget();
  using workspace = makeWorkspace();
  using temp = makeTemp();
  for (const [name, text] of Object.entries(files ?? {})) workspace.write(name, text);
  const configure = (checks: string): void =>
    workspace.config(
      `{ target: { name: 'shop', url: '${target.url}', environment: 'test' }, settings: { web: { port: 0 } }, checks: [${checks}] }`,
    );
  configure(check);
  await using first = await startVigie(workspace.folder, { TMPDIR: temp.folder });
  await until('the tool to be at work', () => target.asked.includes(sign) || undefined, first.output);
  const family = descendantsOf(first.pid);
  process.kill(first.pid, 'SIGKILL');
  // At once: k6 ends by itself as soon as it has something to say and nobody who hears it.
  const outlived = await until(
    'the monitor to be dead',
    () => (existsSync(`/proc/${first.pid}/exe`) ? undefined : family.filter(isAlive)),
    first.output,
    WITHIN_MS,
    POLL_MS,
  );
  await first.ended;
  // With another check only: what lives after this start was not started by it.
  configure(`v.httpCheck('light', { every: '1s' })`);
  await using second = await startVigie(workspace.folder, { TMPDIR: temp.folder });
  const left = family.filter(isAlive);
  const marked = await markedOf(first.pid);
  const folders = foldersIn(temp.folder).filter((name) => name.includes(`run-${first.pid}-`));
  const code = await second.kill('SIGTERM');
  return {
    what: `kill -9 in the middle of ${what}: orphans are swept at the next start`,
    times: 1,
    problems: [
      ...(outlived.some(({ command }) => tool.test(command))
        ? []
        : [`nothing outlived the kill that could be swept: ${commands(family)}`]),
      ...(left.length === 0 ? [] : [`after the next start there still run: ${commands(left)}`]),
      ...(marked === 0 ? [] : [`${marked} processes with the mark of the dead one`]),
      ...(folders.length === 0 ? [] : [`its folders are still there: ${folders.join(', ')}`]),
      ...(code === 0 ? [] : [`the clean stop ended with ${code}`]),
    ],
    figure: `${outlived.length} processes outlived the kill, ${left.length} after the next start`,
  };
}

function commands(some: readonly Process[]): string {
  return some.map(({ command }) => command.slice(0, 80)).join('; ');
}
