import { html } from 'hono/html';
import type { Part } from '../../catalogue/generate.ts';
import { formatPrice } from './format.ts';
import type { Page } from './layout.ts';

/** The text comes with the page; offers are fetched from the API. */
export function partPage(part: Part): Page {
  const image = `/images/pieces/${part.category}.webp`;
  return {
    title: `${part.name} ${part.brand} pour ${part.vehicle}`,
    description: `${part.name} ${part.brand}, référence ${part.reference}, pour ${part.vehicle}, dès ${formatPrice(part.priceCents)}.`,
    path: '',
    scripts: ['part'],
    preloadImage: image,
    body: html`<article class="section part" data-part="${part.id}">
<nav class="trail" aria-label="Fil d’Ariane"><a href="/">Accueil</a> › <a href="/recherche?q=${encodeURIComponent(part.categoryLabel)}">${part.categoryLabel}</a></nav>
<div class="part-grid">
<img class="part-image" src="${image}" width="640" height="480" alt="${part.categoryLabel} : ${part.name}" fetchpriority="high">
<div><h1>${part.name}</h1>
<p class="price">${formatPrice(part.priceCents)}</p>
<p class="${part.stock > 0 ? 'stock in' : 'stock out'}">${part.stock > 0 ? `En stock (${part.stock})` : 'Rupture de stock'}</p>
<dl class="facts"><dt>Marque</dt><dd>${part.brand}</dd><dt>Référence</dt><dd>${part.reference}</dd>
<dt>Référence d’origine</dt><dd>${part.oemReference}</dd><dt>Véhicule</dt><dd>${part.vehicle}</dd><dt>Note</dt><dd>${String(part.rating).replace('.', ',')} / 5</dd></dl>
</div></div>
<section aria-labelledby="offres-titre"><h2 id="offres-titre">Offres de nos partenaires</h2>
<p id="etat" class="status" role="status">Chargement des offres…</p><ul id="offres" class="offers" aria-label="Offres"></ul>
<p class="quiet">Liens affiliés : nous touchons une commission, vous payez le même prix.</p></section>
</article>`,
  };
}
