import { html } from 'hono/html';
import type { Merchant } from '../../catalogue/offers.ts';
import type { Page } from './layout.ts';

/** Stands for the partner's own shop, so that following a link never leaves this machine. */
export function merchantPage(merchant: Merchant, partName: string): Page {
  return {
    title: merchant.name,
    description: `Boutique partenaire fictive ${merchant.name}.`,
    path: '',
    scripts: [],
    body: html`<section class="section narrow"><div class="panel"><p class="quiet">Boutique partenaire (fictive)</p><h1>${merchant.name}</h1>
<p>Vous avez été redirigé pour : <b>${partName}</b>.</p><p>${merchant.delivery}</p><p><a class="button" href="/">Retour à Assistant Auto</a></p></div></section>`,
  };
}
