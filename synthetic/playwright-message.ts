import { stripVTControlCharacters } from 'node:util';

/** Where Playwright begins to tell what it did. */
const LOG = /\n(?:Call log:|=+ logs =+)[^\n]*\n/;

/** The message of one of Playwright's errors without colours and without its log, which is kept for the trace. */
export function withoutLog(raw: string): string {
  return (stripVTControlCharacters(raw).split(LOG)[0] ?? '').trim();
}

/**
 * The line of the log that says what was waited for, e.g. `waiting for locator('#buy')` or `navigating to "https://…", waiting until "load"`.
 * The first one: those after it tell how often, and in which state the element was.
 */
export function waitIn(raw: string): string | undefined {
  const text = stripVTControlCharacters(raw);
  const begin = LOG.exec(text);
  if (begin === null) return undefined;
  const lines = text.slice(begin.index + begin[0].length).split('\n');
  return lines
    .map((line) =>
      line
        .trim()
        .replace(/^- /, '')
        .replace(/^\d+ × /, ''),
    )
    .find((line) => /^(?:waiting for|navigating to) (?!element to be |scheduled navigations)/.test(line));
}

/** Adds what was waited for to a text, unless what it is about is named already. */
export function withWait(text: string, wait: string | undefined, ...told: readonly string[]): string {
  if (wait === undefined) return text;
  const subject = wait.replace(/^waiting for /, '');
  return [text, ...told].some((one) => one.includes(subject)) ? text : `${text} (${wait})`;
}

export function onOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .join('; ')
    .replaceAll(':; ', ': ');
}
