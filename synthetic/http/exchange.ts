import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { messageOf } from '../../core/errors.ts';
import type { Attempt, Settle } from '../net/attempt.ts';
import { type Body, readBody } from '../net/body.ts';
import { safeText } from '../net/text.ts';
import { codeOf, type Phase, Trouble } from '../net/trouble.ts';

/** Not imported: an import reads every export of `node:http`, and one of them loads all of `fetch`, in every command that starts. */
const { request: sendRequest } = process.getBuiltinModule('node:http');

/** Largest head of an answer; beyond it the server is at fault, not our memory. */
const HEAD_LIMIT_BYTES = 65_536;

export type Message = {
  readonly method: string;
  /** What stands in the request line: a path, a whole URL for a proxy, `host:port` for CONNECT. */
  readonly target: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: Buffer;
};

/** The head of an answer, and the request: that is where the parser reports a malformed body, often before anybody reads it. */
export type Exchange = {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  readonly failure: () => unknown;
};

/** Sends a request over a socket that is ready and waits for the head of the answer. */
export function send(
  attempt: Attempt,
  socket: Socket,
  message: Message,
  { phase = 'first_byte', timeoutMs }: { readonly phase?: Phase; readonly timeoutMs?: number | undefined } = {},
): Promise<Exchange> {
  return attempt.during<Exchange>(
    phase,
    (settle) => {
      const before = socket.bytesRead;
      const fail = (error: unknown): void => settle.fail(explain(error, phase, socket.bytesRead - before));
      try {
        start(socket, message, { ...settle, fail });
      } catch (error) {
        // Node refuses header values with line breaks and the like before anything is sent; it does not quote the value.
        settle.fail(new Trouble(phase, 'BAD_OPTION', messageOf(error)));
      }
      return undefined;
    },
    timeoutMs,
  );
}

function start(
  socket: Socket,
  { method, target, headers, body }: Message,
  { done, fail, isOpen }: Settle<Exchange>,
): void {
  const request = sendRequest({
    createConnection: () => socket,
    method,
    path: target,
    headers,
    maxHeaderSize: HEAD_LIMIT_BYTES,
  });
  let failure: unknown;
  const answered = (response: IncomingMessage): void => {
    // Trouble in the body is heard by whoever reads it; a redirect's body is read by nobody.
    response.on('error', ignore);
    done({ request, response, failure: () => failure });
  };
  request.on('error', (error) => {
    failure ??= error;
    fail(error);
  });
  request.once('close', () => {
    if (isOpen()) fail(new Error('the connection was closed'));
  });
  request.once('upgrade', () => fail(new Error('the protocol was changed without being asked to')));
  request.once('response', answered);
  request.once('connect', answered);
  request.end(body);
}

function explain(error: unknown, phase: Phase, received: number): Trouble {
  const code = codeOf(error);
  const where = received > 0 ? `in the middle of the head, after ${received} bytes` : 'before the answer began';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UNKNOWN')
    return new Trouble(phase, code === 'UNKNOWN' ? 'ENDED' : code, where, error);
  return new Trouble(phase, code, safeText(error instanceof Error ? error.message : '', 200), error);
}

/** Reads the body of an answer in the phase `transfer`. */
export function receive(attempt: Attempt, { request, response, failure }: Exchange, limitBytes: number): Promise<Body> {
  return attempt.during<Body>('transfer', (settle) => {
    const fail = (error: unknown): void =>
      settle.fail(new Trouble('transfer', codeOf(error), safeText(messageOf(error), 200), error));
    request.once('error', fail);
    if (failure() !== undefined) fail(failure());
    readBody(response, { encoding: response.headers['content-encoding'], limitBytes }, settle);
    return undefined;
  });
}

function ignore(): void {}
