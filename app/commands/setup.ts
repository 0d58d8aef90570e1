import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EXIT, type ExitCode, VigieError } from '../../core/errors.ts';
import type { Terminal } from '../terminal.ts';

/** The same place in the repository and in the package. */
const SCRIPT = fileURLToPath(new URL('../../tools/setup.mjs', import.meta.url));

const tool = z.discriminatedUnion('found', [
  z.object({ found: z.literal(true), path: z.string(), version: z.string(), from: z.string() }),
  z.object({ found: z.literal(false), mend: z.string() }),
]);
const report = z.object({ tools: z.record(z.string(), tool) });
type Report = z.output<typeof report>;

/**
 * `vigie setup`: finds or installs Chromium and k6, by the script that sets up the repository too; it shows its progress
 * itself. What cannot be had is said and no error: the checks that need it are inconclusive, and `vigie doctor` tells.
 */
export async function setup(_options: object, terminal: Terminal): Promise<ExitCode> {
  const { code, stdout } = await runScript();
  if (code !== 0) return exitOf(code);
  if (terminal.json) terminal.out(stdout);
  show(report.parse(JSON.parse(stdout)), terminal);
  return EXIT.passed;
}

async function runScript(): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [SCRIPT, '--json'], { stdio: ['inherit', 'pipe', 'inherit'] });
  // Ctrl+C reaches the child by itself, which then cleans up; we stay to pass on how it ended.
  const stay = (): void => {};
  process.on('SIGINT', stay);
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) => reject(new VigieError('setup-failed', `${SCRIPT}: ${cause.message}`, { cause })));
      child.once('exit', resolve);
    });
    const [code, stdout] = await Promise.all([ended, text(child.stdout)]);
    return { code, stdout };
  } finally {
    process.off('SIGINT', stay);
  }
}

function exitOf(code: number | null): ExitCode {
  if (code === null) return EXIT.interrupted;
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.inconclusive;
}

function show({ tools }: Report, { say, paint }: Terminal): void {
  for (const [name, state] of Object.entries(tools)) {
    if (state.found) say(`${paint.good('✓')} ${name} ${state.version} ${state.path} ${paint.dim(`(${state.from})`)}`);
    else say(`${paint.bad('✗')} ${name} is missing; to fix it: ${state.mend}`);
  }
}
