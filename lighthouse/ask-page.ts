import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { FaultCode } from '../core/fault.ts';

/** Whether a page answers at all, whatever the status; asked outside the browser, because Lighthouse cannot tell why a page did not load. */
export type PageAnswer =
  | { readonly how: 'answers'; readonly status?: number }
  /** The target's own trouble: it refuses, breaks or keeps silent. */
  | { readonly how: 'silent'; readonly actual: string }
  /** Not the target's: we could not reach it. */
  | { readonly how: 'unreachable'; readonly code: FaultCode; readonly actual: string };

export type AskOptions = { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal };

/** Not imported: an import reads every export of `node:http`, and one of them loads all of `fetch`, in every command that starts. */
const { request: requestHttp } = process.getBuiltinModule('node:http');
const { request: requestHttps } = process.getBuiltinModule('node:https');

const TRIES = 3;
const PAUSE_MS = 500;

/**
 * Asks a page for the first byte of an answer. A refused or broken connection is tried again, as Lighthouse CI would.
 * No header and no cookie goes along and the certificate is not checked: only whether something answers counts here.
 */
export async function askPage(url: string, options: AskOptions): Promise<PageAnswer> {
  // Only the browser knows the way through a proxy: the word is left to it.
  if (isBehindProxy(url, process.env)) return { how: 'answers' };
  for (let tried = 1; ; tried += 1) {
    const answer = await askOnce(url, options);
    const isFinal = answer.how !== 'silent' || answer.actual === noAnswer(options.timeoutMs);
    if (isFinal || tried >= TRIES || options.signal.aborted) return answer;
    await pause(options);
  }
}

function isBehindProxy(url: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  const names = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');
  return !isHere && names.some((name) => (environment[name] ?? '') !== '');
}

function askOnce(url: string, { clock, timeoutMs, signal }: AskOptions): Promise<PageAnswer> {
  const { promise, resolve } = Promise.withResolvers<PageAnswer>();
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = send(url, { agent: false, rejectUnauthorized: false, headers: { accept: 'text/html' } });
  const giveUp = (): void => resolve({ how: 'silent', actual: noAnswer(timeoutMs) });
  // Cancelled: nothing was learned, and the caller is about to end anyway.
  const onAbort = (): void => resolve({ how: 'answers' });
  const cancel = clock.schedule(timeoutMs, giveUp);
  signal.addEventListener('abort', onAbort, { once: true });
  request.on('response', ({ statusCode }) => {
    resolve(statusCode === undefined ? { how: 'answers' } : { how: 'answers', status: statusCode });
  });
  request.on('error', (error) => resolve(answerOfError(error)));
  request.end();
  return promise.finally(() => {
    cancel();
    signal.removeEventListener('abort', onAbort);
    request.destroy();
  });
}

function pause({ clock, signal }: AskOptions): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  const cancel = clock.schedule(PAUSE_MS, resolve);
  signal.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => {
    cancel();
    signal.removeEventListener('abort', onAbort);
  });
}

function noAnswer(timeoutMs: number): string {
  return `no answer within ${Math.round(timeoutMs / 100) / 10} s`;
}

/** What an error of the connection says; one that says nothing about either side leaves the word to Lighthouse. */
function answerOfError(error: Error): PageAnswer {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const actual = code === '' ? messageOf(error) : code;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
      return { how: 'silent', actual };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { how: 'unreachable', code: 'resolver-down', actual };
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return { how: 'unreachable', code: 'network-down', actual };
    case 'EMFILE':
    case 'ENFILE':
      return { how: 'unreachable', code: 'host-descriptors', actual };
    default:
      return { how: 'answers' };
  }
}
