import { cut } from '../../../core/cut.ts';
import { waitIn, withoutLog } from '../../playwright-message.ts';

/** Texts about assertions for people, short and on one line. */

const LONGEST = 160;

/** What an assertion is about: its own message when it has one, else the value. */
export function describeSubject([actual, options]: readonly unknown[]): string {
  if (typeof options === 'string' && options !== '') return options;
  if (typeof options === 'object' && options !== null && 'message' in options && typeof options.message === 'string') {
    return options.message;
  }
  return describeValue(actual);
}

export function describeValue(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'function' : value.name;
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'object' && value !== null) return cut(describeObject(value), LONGEST);
  return cut(typeof value === 'string' ? JSON.stringify(value) : String(value), LONGEST);
}

function describeObject(value: object): string {
  const name = value.constructor?.name ?? 'object';
  if (Array.isArray(value) || name === 'Object') return safeJson(value);
  // A locator and an answer say what they are; a page does not.
  const text = String(value);
  return text.startsWith('[object') ? name.toLowerCase() : text;
}

function safeJson(value: object): string {
  try {
    return JSON.stringify(value) ?? 'object';
  } catch {
    // A cycle or a BigInt: it is only a description.
    return Array.isArray(value) ? 'array' : 'object';
  }
}

/** What a failed assertion got, out of Playwright's message of several lines. */
export function describeFailure(error: object): string {
  const message = plainMessage(error);
  const lines = message.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /^(Received|Error|Unexpected value|Timeout \d)/.test(line));
  const chosen = telling.length > 0 ? telling : lines.filter((line) => line !== '').slice(0, 4);
  return cut(chosen.join('; ').replace(/^Received(?: string)?:\s*/, ''), 1_000);
}

/** The message of an error without colours and without the call log, which is kept for the trace. */
export function plainMessage(error: unknown): string {
  return withoutLog(rawMessage(error));
}

/** What Playwright was waiting for when it gave up. */
export function waitOf(error: unknown): string | undefined {
  return waitIn(rawMessage(error));
}

function rawMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
