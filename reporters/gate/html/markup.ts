import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { EvidenceFile } from '../table.ts';
import type { Tone } from '../words.ts';

/** Made by hono's `html`, which escapes whatever is put into it. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export function textOf(page: Html): string {
  if (page instanceof Promise) throw new TypeError('nothing in a report is waited for');
  return page.toString();
}

/** A link to a file beside the report; a path that could lead elsewhere is shown and not linked. */
export function fileLink(words: string, file: string): Html {
  const parts = file.split('/');
  const isBeside = parts.every((part) => part !== '' && part !== '.' && part !== '..') && !file.includes('\\');
  if (!isBeside) return html`<span>${words} (${file})</span>`;
  return html`<a href="./${parts.map(encodeURIComponent).join('/')}">${words}</a>`;
}

/** Links to files, with the run that each is of. */
export function evidenceLine(files: readonly EvidenceFile[]): Html | string {
  if (files.length === 0) return '';
  const links = files.map(({ kind, file, side, pair }, index) => {
    return html`${index === 0 ? '' : ' · '}${fileLink(`${kind} of the ${side}${pair < 0 ? '' : `, pair ${pair + 1}`}`, file)}`;
  });
  return html`<p class="dim">Evidence: ${links}</p>`;
}

/** The class that colours an element; there is always a word or a sign beside the colour. */
export function classOf(tone: Tone): string {
  return tone === 'dim' ? 'plain' : tone;
}
