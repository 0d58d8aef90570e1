import { html, raw } from 'hono/html';

export type Markup = ReturnType<typeof html>;

export type Page = {
  readonly title: string;
  readonly description: string;
  /** Path of the page, to mark the current entry of the menu. */
  readonly path: string;
  readonly body: Markup;
  /** Client modules of this page, by file name without extension. */
  readonly scripts: readonly string[];
  /** The image that is most likely the largest paint, to be fetched first. */
  readonly preloadImage?: string;
  /** Further elements for the head. */
  readonly head?: Markup;
};

type Site = { readonly apiUrl: string; readonly assetBase: string };

const menu = [
  ['/recherche', 'Pièces'],
  ['/scan', 'Scan carte grise'],
  ['/obd', 'Diagnostic OBD-II'],
  ['/ecu', 'Flash ECU'],
  ['/abonnement', 'Abonnement'],
  ['/avis', 'Votre avis'],
] as const;

/** The frame around every page. */
export function renderPage(page: Page, { apiUrl, assetBase }: Site): Markup {
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} – Assistant Auto</title>
<meta name="description" content="${page.description}">
<meta name="theme-color" content="#0b2545">
<meta name="api-url" content="${apiUrl}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="preconnect" href="${apiUrl}" crossorigin>
${page.preloadImage ? html`<link rel="preload" as="image" href="${page.preloadImage}" fetchpriority="high">` : ''}
${page.head ?? ''}<link rel="stylesheet" href="${assetBase}/style.css">
${sharedModules.map((name) => html`<link rel="modulepreload" href="${assetBase}/client/${name}.ts">`)}
${['page', ...page.scripts].map((name) => html`<script type="module" src="${assetBase}/client/${name}.ts"></script>`)}
</head>
<body>
<a class="skip" href="#contenu">Aller au contenu</a>
<header class="site-header">
<div class="bar">
<a class="brand" href="/" aria-label="Assistant Auto, accueil">${logo}<span>Assistant <b>Auto</b></span></a>
<button class="menu-button" type="button" aria-expanded="false" aria-controls="menu">Menu</button>
<nav id="menu" aria-label="Navigation principale">
<ul>${menu.map(([href, label]) => html`<li><a href="${href}"${page.path === href ? raw(' aria-current="page"') : ''}>${label}</a></li>`)}
<li><a class="account" href="/compte"${page.path === '/compte' ? raw(' aria-current="page"') : ''}>Mon compte</a></li></ul>
</nav>
</div>
</header>
<main id="contenu">
${page.body}
</main>
<footer class="site-footer">
<div class="bar">
<p><b>Assistant Auto</b> – le carnet de bord de votre voiture.</p>
<p class="quiet">Application de référence pour essais : catalogue, comptes, paiements et calculateurs sont fictifs.</p>
</div>
</footer>
</body>
</html>`;
}

/** Modules that other modules import: named in the head so that the browser does not find them one after the other. */
const sharedModules = ['api', 'data-layer', 'elements'];

const logo = raw(
  `<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#ff7a1a"/><path d="M6 20l2.2-6.2A4 4 0 0 1 12 11h8a4 4 0 0 1 3.8 2.8L26 20v4h-3v-2H9v2H6z" fill="#0b2545"/><circle cx="10.5" cy="18.5" r="1.7" fill="#ffd9b8"/><circle cx="21.5" cy="18.5" r="1.7" fill="#ffd9b8"/></svg>`,
);
