import type { Socket } from 'node:net';
import { CUT_MARK } from '../../core/cut.ts';
import type { Attempt, Settle } from '../net/attempt.ts';
import { codeOf, Trouble } from '../net/trouble.ts';
import { find, showWanted, type Wanted } from './parse.ts';

/** Talk over one socket: what arrived and was not yet used up by a step. */
export class Conversation {
  readonly #attempt: Attempt;
  readonly #socket: Socket;
  readonly #limit: number;
  #text = '';
  #size = 0;
  #isUsed = false;
  #ended: Trouble | undefined;
  #heard: (() => void) | undefined;

  constructor(attempt: Attempt, socket: Socket, limitBytes: number) {
    this.#attempt = attempt;
    this.#socket = socket;
    this.#limit = limitBytes;
    socket.on('data', this.#onData);
    socket.once('end', this.#onEnd);
    socket.once('close', this.#onEnd);
    socket.once('error', this.#onError);
  }

  /** What arrived since the last step that found its answer, with a mark at either end where it is not all. */
  get unread(): string {
    if (this.#text === '') return '';
    return `${this.#isUsed ? CUT_MARK : ''}${this.#text}${this.#size >= this.#limit ? CUT_MARK : ''}`;
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  /** Waits until the wanted text is there and uses everything up to its end. */
  hear(wanted: Wanted, timeoutMs: number | undefined): Promise<void> {
    return this.#attempt.during<void>(
      'exchange',
      (settle) => {
        this.#heard = () => this.#look(wanted, settle);
        this.#heard();
        return () => {
          this.#heard = undefined;
        };
      },
      timeoutMs,
    );
  }

  /** Lets go of the socket, so that a TLS handshake can have it. */
  leave(): void {
    this.#socket
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
  }

  #look(wanted: Wanted, settle: Settle<void>): void {
    const found = find(this.#text, wanted);
    if (found === 'too-slow') {
      settle.fail(
        new Trouble('exchange', 'BAD_OPTION', `${showWanted(wanted)} takes too long on this answer; simplify it`),
      );
    } else if (found !== 'not-yet') {
      this.#text = this.#text.slice(found.end);
      this.#isUsed = true;
      settle.done();
    } else if (this.#size >= this.#limit) {
      settle.fail(new Trouble('exchange', 'READ_LIMIT', `after ${this.#limit} bytes, see 'readLimit'`));
    } else if (this.#ended) {
      settle.fail(this.#ended);
    }
  }

  readonly #onData = (chunk: Buffer): void => {
    const room = this.#limit - this.#size;
    this.#size += Math.min(room, chunk.length);
    this.#text += chunk.subarray(0, room).toString('latin1');
    if (this.#size >= this.#limit) this.#socket.pause();
    this.#heard?.();
  };

  readonly #onEnd = (): void => this.#end(new Trouble('exchange', 'ENDED', 'by the other side'));

  readonly #onError = (error: Error): void => this.#end(new Trouble('exchange', codeOf(error), error.message, error));

  #end(trouble: Trouble): void {
    this.#ended ??= trouble;
    this.#heard?.();
  }
}
