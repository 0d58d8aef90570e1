import { cut } from '../../../core/cut.ts';

/** A name of a target is cut beyond this; the whole one stands in the HTML report. */
const LONGEST_NAME = 160;

/**
 * Text of a target inside Markdown of GitHub: what could begin markup, a link, a formula, a mention or a reference is written as a character
 * reference, which Markdown takes for a letter (https://github.github.com/gfm/#entity-and-numeric-character-references).
 */
export function markdownText(text: string): string {
  return (
    text
      .replace(/[&<>"'`*_{}[\]()\\|~@#$!:^=/]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`)
      .replace(/^[-+.\d]/, (character) => `&#${character.charCodeAt(0)};`)
      // A mention or reference is looked for in what is shown: an invisible joiner ends it.
      .replace(/&#(?:64|35);/g, (reference) => `${reference}\u2060`)
  );
}

/** The same as code, for names. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(cut(text, LONGEST_NAME + 1))}</code>`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
