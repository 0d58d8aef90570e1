import { html } from 'hono/html';
import type { Markup, Page } from './layout.ts';

/** Works without a script too: it is an ordinary GET form. */
export function searchForm(query: string): Markup {
  return html`<form class="search" role="search" action="/recherche" method="get">
<label for="q">Rechercher une pièce</label>
<div class="search-row"><input id="q" name="q" type="search" value="${query}" placeholder="plaquettes de frein Clio, réf. 16 283 …" maxlength="200" autocomplete="off" required>
<button type="submit">Rechercher</button></div></form>`;
}

export function searchPage(query: string): Page {
  return {
    title: query ? `Recherche : ${query}` : 'Recherche de pièces',
    description: 'Recherchez parmi 3 000 pièces par nom, marque, véhicule ou référence d’origine.',
    path: '/recherche',
    scripts: ['search'],
    body: html`<section class="section"><h1>Recherche de pièces</h1>
${searchForm(query)}
<p id="etat" class="status" role="status" aria-live="polite">Saisissez un nom, un véhicule ou une référence.</p>
<ul id="resultats" class="cards parts${query ? ' expected' : ''}" aria-label="Résultats"></ul>
<nav id="pages" class="pages" aria-label="Pages de résultats" hidden></nav>
</section>`,
  };
}
