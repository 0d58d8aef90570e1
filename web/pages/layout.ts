import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type PageOptions = {
  readonly title: string;
  readonly version: string;
  readonly now: number;
  /** Reload after so many seconds; only the overview does. */
  readonly refreshSeconds?: number;
};

/** The frame of every page. Everything put into the template is escaped by hono's `html`. */
export function layout({ title, version, now, refreshSeconds }: PageOptions, body: Html): Html {
  const refresh = refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh}
<title>${title} – Vigie</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
<a href="#main" class="skip">Skip to the content</a>
<header class="top"><a href="/" class="brand"><img src="/icon.svg" alt="" width="24" height="24"> Vigie</a>
<nav aria-label="Pages"><a href="/">Checks</a> <a href="/incidents">Incidents</a> <a href="/metrics">Metrics</a> <a href="/api/v1/openapi.json">API</a></nav></header>
<main id="main">${body}</main>
<footer>Vigie ${version} · <time datetime="${new Date(now).toISOString()}">${new Date(now).toUTCString()}</time></footer>
</body>
</html>`;
}

/** A table of its own width: on a narrow screen it scrolls, not the page. An empty heading is read out by `hidden`. */
export function table(headings: readonly string[], rows: Html | readonly Html[], className = ''): Html {
  return html`<div class="scroll"><table class="${className}"><thead><tr>${headings.map((heading) => headingCell(heading))}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** `(…)` is for those who hear the page: sighted people need no word over a badge. */
function headingCell(heading: string): Html {
  const hidden = /^\((.+)\)$/.exec(heading)?.[1];
  return html`<th scope="col">${hidden === undefined ? heading : html`<span class="hidden">${hidden}</span>`}</th>`;
}
