import { createLogUpdate } from 'log-update';
import type { Progress } from '../core/kind.ts';
import type { Terminal } from './terminal.ts';

/** What is under way: a live list on a terminal, plain lines elsewhere. */
export type ProgressView = {
  started(id: string): void;
  progress(id: string, progress: Progress): void;
  finished(id: string): void;
  /** Prints lines above the live list. */
  print(lines: readonly string[]): void;
  close(): void;
};

const PLAIN_EVERY_MS = 5_000;

export function openProgress(terminal: Terminal, monotonic: () => number): ProgressView {
  return terminal.interactive ? liveList(terminal) : plainLines(terminal, monotonic);
}

function liveList(terminal: Terminal): ProgressView {
  const update = createLogUpdate(process.stderr);
  const running = new Map<string, string>();
  const draw = (): void =>
    update([...running].map(([id, text]) => `… ${terminal.paint.bold(id)} ${terminal.paint.dim(text)}`).join('\n'));
  return {
    started(id) {
      running.set(id, 'running');
      draw();
    },
    progress(id, progress) {
      running.set(id, withShare(progress));
      draw();
    },
    finished(id) {
      running.delete(id);
      draw();
    },
    print(lines) {
      update.clear();
      for (const line of lines) terminal.say(line);
      draw();
    },
    close: () => update.clear(),
  };
}

function plainLines(terminal: Terminal, monotonic: () => number): ProgressView {
  const last = new Map<string, number>();
  return {
    started(id) {
      last.set(id, monotonic());
      terminal.say(terminal.paint.dim(`  ${id} …`));
    },
    progress(id, progress) {
      const now = monotonic();
      if (now - (last.get(id) ?? 0) < PLAIN_EVERY_MS) return;
      last.set(id, now);
      terminal.say(terminal.paint.dim(`  ${id}: ${withShare(progress)}`));
    },
    finished: (id) => void last.delete(id),
    print: (lines) => lines.forEach((line) => void terminal.say(line)),
    close: () => {},
  };
}

function withShare({ text, done }: Progress): string {
  return done === undefined ? text : `${Math.round(done * 100)} % ${text}`;
}
