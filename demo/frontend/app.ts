import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import { findPlan } from '../accounts/plans.ts';
import { merchants } from '../catalogue/offers.ts';
import type { Catalogue } from '../catalogue/store.ts';
import { type FaultSurroundings, responseFaults } from '../faults/response-faults.ts';
import type { FaultSwitches } from '../faults/switches.ts';
import { type Observers, observe } from '../observability/observe.ts';
import type { Asset, Assets } from './assets.ts';
import { accountPage } from './pages/account.ts';
import { checkoutPage } from './pages/checkout.ts';
import { ecuPage } from './pages/ecu.ts';
import { feedbackPage } from './pages/feedback.ts';
import { homePage } from './pages/home.ts';
import { type Page, renderPage } from './pages/layout.ts';
import { loginPage } from './pages/login.ts';
import { merchantPage } from './pages/merchant.ts';
import { messagePage } from './pages/message.ts';
import { obdPage } from './pages/obd.ts';
import { partPage } from './pages/part.ts';
import { plansPage } from './pages/plans.ts';
import { scanPage } from './pages/scan.ts';
import { searchPage } from './pages/search.ts';

type FrontendParts = {
  readonly catalogue: Catalogue;
  readonly assets: Assets;
  readonly faults: FaultSurroundings;
  readonly observers: Observers;
  /** Known only once the API listens. */
  readonly apiUrl: () => string;
};

type Show = (context: Context, page: Page, status?: 200 | 404) => Response | Promise<Response>;

/** The website: pages, scripts and images. Data comes from the API, which is another origin. */
export function createFrontend(parts: FrontendParts): Hono {
  const { catalogue, assets, faults, observers } = parts;
  const app = new Hono();
  const show: Show = (context, page, status = 200) => {
    const site = { apiUrl: parts.apiUrl(), assetBase: assets.base };
    return context.html(renderPage(withPageFaults(page, faults), site), status);
  };

  app.use(observe('frontend', observers));
  app.use(responseFaults('frontend', faults));
  app.use(protect(parts.apiUrl));
  app.get('/assets/:hash/*', (context) => sendVersioned(context, assets));
  app.get('/images/*', (context) => sendImage(context, assets, faults));
  app.use(compress());
  app.get('/', (context) => show(context, homePage()));
  app.get('/recherche', (context) => show(context, searchPage(context.req.query('q') ?? '')));
  app.get('/piece/:id', (context) => {
    const part = catalogue.find(context.req.param('id'));
    return part ? show(context, partPage(part)) : show(context, unknownPart, 404);
  });
  addServicePages(app, show, faults.switches);
  addAffiliatePages(app, show, parts);
  app.get('/robots.txt', (context) => context.text('User-agent: *\nAllow: /\n'));
  app.get('/favicon.svg', (context) =>
    context.body(favicon, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=604800' }),
  );
  app.notFound((context) => show(context, unknownPage, 404));
  return app;
}

function addServicePages(app: Hono, show: Show, switches: FaultSwitches): void {
  app.get('/scan', (context) => show(context, scanPage()));
  app.get('/abonnement', (context) => show(context, plansPage(!switches.values.missingButton)));
  app.get('/abonnement/souscrire', (context) => {
    const plan = findPlan(context.req.query('formule') ?? '');
    return plan ? show(context, checkoutPage(plan)) : context.redirect('/abonnement');
  });
  app.get('/connexion', (context) => show(context, loginPage()));
  app.get('/compte', (context) => show(context, accountPage()));
  app.get('/obd', (context) => show(context, obdPage()));
  app.get('/ecu', (context) => show(context, ecuPage()));
  app.get('/avis', (context) => show(context, feedbackPage()));
}

/** /go/ counts the click and sends people on to the partner. */
function addAffiliatePages(app: Hono, show: Show, { catalogue, observers }: FrontendParts): void {
  app.get('/go/:id', (context) => {
    const part = catalogue.find(context.req.param('id'));
    if (!part) return show(context, unknownPart, 404);
    const merchant = merchants.find(({ slug }) => slug === context.req.query('marchand')) ?? merchants[0];
    observers.metrics.affiliateClicks.inc({ merchant: merchant.slug });
    observers.metrics.events.inc({ event: 'clic_affiliation' });
    context.header('cache-control', 'no-store');
    return context.redirect(`/marchand/${merchant.slug}?piece=${part.id}`);
  });
  app.get('/marchand/:slug', (context) => {
    const merchant = merchants.find(({ slug }) => slug === context.req.param('slug'));
    const part = catalogue.find(context.req.query('piece') ?? '');
    return merchant && part ? show(context, merchantPage(merchant, part.name)) : show(context, unknownPage, 404);
  });
}

/** Strict: scripts and styles only from our own files, calls only to our own API. */
function protect(apiUrl: () => string): MiddlewareHandler {
  const origins = () => `${apiUrl()} ${apiUrl().replace('http', 'ws')}`;
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'blob:', 'data:'],
      connectSrc: ["'self'", origins],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'strict-origin-when-cross-origin',
    // Plain HTTP on loopback: a browser must not remember to ask for HTTPS there.
    strictTransportSecurity: false,
  });
}

/** Page faults are modules of our own, so that the policy above holds while they are on. */
function withPageFaults(page: Page, { switches }: FaultSurroundings): Page {
  const { layoutShift, longTaskOnClick } = switches.values;
  const scripts = [
    ...page.scripts,
    ...(layoutShift ? ['fault-layout-shift'] : []),
    ...(longTaskOnClick ? ['fault-long-task'] : []),
  ];
  if (!longTaskOnClick) return { ...page, scripts };
  return { ...page, scripts, head: html`<meta name="fault-long-task-ms" content="${longTaskOnClick}">` };
}

function sendVersioned(context: Context, assets: Assets): Response | Promise<Response> {
  const asset = assets.versioned.get(context.req.path.split('/').slice(3).join('/'));
  if (!asset) return context.notFound();
  context.header('cache-control', 'public, max-age=31536000, immutable');
  context.header('vary', 'accept-encoding');
  return send(context, asset);
}

async function sendImage(
  context: Context,
  assets: Assets,
  { switches, closing }: FaultSurroundings,
): Promise<Response> {
  const asset = assets.images.get(context.req.path.slice('/images/'.length));
  if (!asset) return context.notFound();
  const { slowLcpImage } = switches.values;
  if (slowLcpImage) await delay(slowLcpImage, undefined, { signal: closing }).catch(() => undefined);
  context.header('cache-control', 'public, max-age=604800');
  return send(context, asset);
}

function send(context: Context, { type, plain, gzip, brotli }: Asset): Response {
  const accepted = context.req.header('accept-encoding') ?? '';
  context.header('content-type', type);
  if (brotli && accepted.includes('br')) return encoded(context, 'br', brotli);
  if (gzip && accepted.includes('gzip')) return encoded(context, 'gzip', gzip);
  return context.body(new Uint8Array(plain));
}

function encoded(context: Context, encoding: string, content: Buffer): Response {
  context.header('content-encoding', encoding);
  return context.body(new Uint8Array(content));
}

const unknownPage = messagePage('Page introuvable', 'Cette page n’existe pas ou n’existe plus.');
const unknownPart = messagePage('Pièce introuvable', 'Cette pièce ne figure pas à notre catalogue.');

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#ff7a1a"/><path d="M6 20l2.2-6.2A4 4 0 0 1 12 11h8a4 4 0 0 1 3.8 2.8L26 20v4h-3v-2H9v2H6z" fill="#0b2545"/></svg>`;
