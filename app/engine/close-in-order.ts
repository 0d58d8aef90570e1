import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';

/** What was opened, to be closed in reverse order, each also when another cannot be closed. */
export type Closer = {
  add(what: string, close: () => void | Promise<void>): void;
  /** Further calls wait for the first. */
  close(): Promise<void>;
};

export function openCloser(log: Log): Closer {
  const opened: { readonly what: string; readonly close: () => void | Promise<void> }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (const { what, close } of opened.reverse()) {
      try {
        await close();
      } catch (error) {
        log.error({ what, error: messageOf(error) }, 'something could not be closed; the rest is');
      }
    }
  }

  return {
    add: (what, close) => void opened.push({ what, close }),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
