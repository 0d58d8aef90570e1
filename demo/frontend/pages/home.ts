import { html } from 'hono/html';
import type { Page } from './layout.ts';
import { searchForm } from './search.ts';

const services = [
  ['/scan', 'Scan de carte grise', 'Photographiez le certificat : plaque, VIN et date sont lus pour vous.'],
  ['/obd', 'Diagnostic OBD-II', 'Régime, vitesse et codes défaut en direct, depuis votre navigateur.'],
  ['/ecu', 'Flash ECU', 'Mettez à jour le calculateur, étape par étape, avec reprise en main.'],
  ['/abonnement', 'Abonnement', 'Diagnostics illimités, historique et alertes d’entretien.'],
] as const;

const heroSources = [640, 1024, 1600].map((width) => `/images/hero-${width}.webp ${width}w`).join(', ');

export function homePage(): Page {
  return {
    title: 'Pièces, diagnostic et documents de votre voiture',
    description: 'Trouvez la bonne pièce, lisez votre carte grise, branchez la prise OBD-II : tout pour votre voiture.',
    path: '/',
    scripts: [],
    head: html`<link rel="preload" as="image" href="/images/hero-1024.webp" imagesrcset="${heroSources}" imagesizes="100vw" fetchpriority="high">`,
    body: html`<section class="hero">
<img class="hero-image" src="/images/hero-1024.webp" srcset="${heroSources}" sizes="100vw" width="1600" height="760" alt="Une voiture sur une route de campagne au coucher du soleil" fetchpriority="high">
<div class="hero-text"><h1>La bonne pièce, du premier coup</h1>
<p>3 000 références pour 25 modèles, comparées chez nos partenaires.</p>
${searchForm('')}</div>
</section>
<section class="section"><h2>Tout pour votre voiture</h2>
<ul class="cards services">${services.map(
      ([href, title, text]) => html`<li class="card"><h3><a href="${href}">${title}</a></h3><p>${text}</p></li>`,
    )}</ul></section>`,
  };
}
