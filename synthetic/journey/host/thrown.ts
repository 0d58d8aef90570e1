import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Thrown } from '../protocol.ts';
import { describeFailure, plainMessage, waitOf } from './describe.ts';
import type { WatchedExpect } from './watched-expect.ts';

/** `page.click: …`, `locator.fill: …`, `apiRequestContext.get: …`: how Playwright begins what it throws. */
const PLAYWRIGHT_CALL = /^(?:[a-z][A-Za-z]*\.)+[a-zA-Z$]+: /;
const PROGRAM_ERRORS: ReadonlySet<string> = new Set([
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'RangeError',
  'EvalError',
]);

/** Says what an error that ended a journey is, without an opinion on whose fault. */
export function classifyThrown(
  error: unknown,
  watched: Pick<WatchedExpect, 'failureOf'>,
  sources: readonly string[],
): Thrown {
  const message = plainMessage(error);
  const name = error instanceof Error ? error.name : typeof error;
  const waitedFor = waitOf(error);
  const wait = waitedFor === undefined ? {} : { waitedFor };
  const base = { name, message, ...wait, ...place(error, sources), ...netErrorOf(message) };
  const failed = watched.failureOf(error);
  if (failed) return { ...base, kind: 'assertion', ...failed };
  if (isForeignAssertion(error)) {
    return { ...base, kind: 'foreign-assertion', expected: claimIn(message), actual: describeFailure(error) };
  }
  if (name === 'TimeoutError') return { ...base, kind: 'timeout' };
  if (PLAYWRIGHT_CALL.test(message)) return { ...base, kind: 'page' };
  return { ...base, kind: PROGRAM_ERRORS.has(name) ? 'program' : 'thrown' };
}

/** An assertion of another library, or of an `expect` that the journey imported itself. */
function isForeignAssertion(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    'matcherResult' in error || ('code' in error && error.code === 'ERR_ASSERTION') || error.name === 'AssertionError'
  );
}

/** The first line says which matcher; what it was asked of and for are lines of their own in the messages of Playwright. */
function claimIn(message: string): string {
  const [first = message, ...rest] = message.split('\n').map((line) => line.trim());
  const locator = rest.find((line) => line.startsWith('Locator:'));
  if (locator === undefined) return first;
  const expected = rest.filter((line) => /^Expected\b[^:]*:/.test(line));
  return [first.replace(/ failed$/, ''), locator, ...expected].join('; ').replace(/: {2,}/g, ': ');
}

/** The first line of the stack that is the journey's own. Node writes the files of modules as URLs, and those of others as paths. */
function place(error: unknown, sources: readonly string[]): { at?: string } {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  for (const line of lines) {
    const file = sources.find(
      (source) => line.includes(`${source}:`) || line.includes(`${pathToFileURL(source).href}:`),
    );
    const number = /:(\d+):\d+\)?$/.exec(line)?.[1];
    if (file !== undefined && number !== undefined) return { at: `${file}:${number}` };
  }
  return {};
}

function netErrorOf(message: string): { net?: string } {
  const found = /net::(ERR_[A-Z0-9_]+)/.exec(message);
  if (found?.[1] !== undefined) return { net: found[1] };
  // Requests outside the browser are Node's own and carry its codes.
  const node = /\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EMFILE|ENOMEM)\b/.exec(message);
  return node?.[1] === undefined ? {} : { net: node[1] };
}

const NAME_ERRORS: ReadonlySet<string> = new Set(['ERR_NAME_NOT_RESOLVED', 'ENOTFOUND', 'EAI_AGAIN']);
const ROUTE_ERRORS: ReadonlySet<string> = new Set(['ERR_ADDRESS_UNREACHABLE', 'ENETUNREACH', 'EHOSTUNREACH']);
const LOOKUP_MS = 2_000;

/** Chromium reports a missing name and a silent resolver alike; asking once more tells whose trouble it is. */
export async function lookAtNetwork(thrown: Thrown, baseUrl: string): Promise<Thrown> {
  if (thrown.net === undefined) return thrown;
  if (ROUTE_ERRORS.has(thrown.net)) return { ...thrown, network: hasNetwork() ? 'up' : 'no-interface' };
  if (!NAME_ERRORS.has(thrown.net)) return thrown;
  if (!hasNetwork()) return { ...thrown, network: 'no-interface' };
  const url = /https?:\/\/[^\s"]+/.exec(thrown.message)?.[0] ?? baseUrl;
  return { ...thrown, network: await askResolver(new URL(url).hostname) };
}

async function askResolver(host: string): Promise<Thrown['network']> {
  const late = new Promise<'resolver-silent'>((resolve) => {
    setTimeout(() => resolve('resolver-silent'), LOOKUP_MS).unref();
  });
  const asked = lookup(host).then(
    () => 'up' as const,
    (error: unknown) =>
      error instanceof Error && 'code' in error && error.code === 'ENOTFOUND' ? 'name-missing' : 'resolver-silent',
  );
  return Promise.race([asked, late]);
}

function hasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
