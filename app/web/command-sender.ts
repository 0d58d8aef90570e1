import { type Command, type CommandAnswer, MOST_WAITING_COMMANDS } from '../../core/command.ts';
import type { FromWeb } from './messages.ts';

export type CommandSender = {
  send(command: Command): Promise<CommandAnswer>;
  answered(id: number, answer: CommandAnswer): void;
  /** Answers `busy` to everything that still waits. */
  refuseAll(): void;
};

const BUSY: CommandAnswer = { ok: false, reason: 'busy', message: 'busy; try again' };

/** The bounded queue of commands from the web thread to the engine. */
export function sendCommands(say: (message: FromWeb) => void): CommandSender {
  const waiting = new Map<number, (answer: CommandAnswer) => void>();
  let last = 0;
  return {
    send(command) {
      if (waiting.size >= MOST_WAITING_COMMANDS) return Promise.resolve(BUSY);
      last += 1;
      const id = last;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        say({ type: 'command', id, command });
      });
    },
    answered(id, answer) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
    refuseAll() {
      for (const resolve of waiting.values()) resolve(BUSY);
      waiting.clear();
    },
  };
}
