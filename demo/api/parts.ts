import { type Context, Hono } from 'hono';
import type { Part } from '../catalogue/generate.ts';
import { merchantOffers } from '../catalogue/offers.ts';
import type { Catalogue } from '../catalogue/store.ts';
import type { FaultSwitches } from '../faults/switches.ts';
import { errorResponse } from '../server/errors.ts';

const defaultPageSize = 24;
const maxPageSize = 100;
const maxQueryLength = 200;

/** `GET /` searches, `GET /:id` gives one part with its offers. */
export function partRoutes(catalogue: Catalogue, switches: FaultSwitches): Hono {
  const routes = new Hono();
  routes.get('/', (context) => search(context, catalogue, switches));
  routes.get('/:id', (context) => {
    const id = context.req.param('id');
    const part = catalogue.find(id);
    if (part) return context.json({ ...toJson(part), offers: merchantOffers(part) });
    return errorResponse(context, {
      status: 404,
      code: 'unknown_part',
      message: `Aucune pièce ne porte l’identifiant ${id.slice(0, 40)}.`,
    });
  });
  return routes;
}

function search(context: Context, catalogue: Catalogue, switches: FaultSwitches): Response {
  const query = context.req.query('q')?.trim() ?? '';
  const page = wholeNumber(context.req.query('page'), 1, 10_000);
  const pageSize = wholeNumber(context.req.query('limit'), defaultPageSize, maxPageSize);
  if (query === '' || query.length > maxQueryLength || page === undefined || pageSize === undefined) {
    return errorResponse(context, {
      status: 400,
      code: 'invalid_request',
      message: `Il faut q (1 à ${maxQueryLength} caractères), page (dès 1) et limit (1 à ${maxPageSize}).`,
      hint: 'Par exemple /api/parts?q=plaquettes+de+frein+clio&page=1&limit=24',
    });
  }
  const begin = performance.now();
  const request = { query, page, pageSize };
  const { total, parts } = switches.values.wrongSearchResults
    ? catalogue.searchWrongly(request)
    : catalogue.search(request);
  const tookMs = Math.round((performance.now() - begin) * 100) / 100;
  return context.json({ query, total, page, pageCount: Math.ceil(total / pageSize), tookMs, items: parts.map(toJson) });
}

function toJson({ stock, ...part }: Part) {
  return {
    ...part,
    currency: 'EUR',
    inStock: stock > 0,
    thumbnailUrl: `/images/pieces/${part.category}-240.webp`,
    imageUrl: `/images/pieces/${part.category}.webp`,
    url: `/piece/${part.id}`,
  };
}

/** Undefined when the text is not a whole number from 1 to `max`. */
function wholeNumber(text: string | undefined, fallback: number, max: number): number | undefined {
  if (text === undefined) return fallback;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
}
