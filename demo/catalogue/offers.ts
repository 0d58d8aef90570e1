import type { Part } from './generate.ts';

export type Merchant = {
  readonly slug: string;
  readonly name: string;
  readonly pricePercent: number;
  readonly delivery: string;
};
export type Offer = {
  readonly merchant: string;
  readonly merchantName: string;
  readonly priceCents: number;
  readonly delivery: string;
  readonly url: string;
};

/** Imaginary partners of the affiliate programme; their shop pages are served by the demo itself. */
export const merchants: readonly [Merchant, ...Merchant[]] = [
  { slug: 'pieces-express', name: 'Pièces Express', pricePercent: 100, delivery: 'Livraison en 24 h' },
  { slug: 'garage-malin', name: 'Garage Malin', pricePercent: 94, delivery: 'Livraison en 3 jours' },
  { slug: 'auto-comptoir', name: 'Auto Comptoir', pricePercent: 107, delivery: 'Retrait en magasin' },
];

/** Offers for one part, cheapest first. */
export function merchantOffers(part: Part): readonly Offer[] {
  return merchants
    .map(({ slug, name, pricePercent, delivery }) => ({
      merchant: slug,
      merchantName: name,
      priceCents: Math.round((part.priceCents * pricePercent) / 100),
      delivery,
      url: `/go/${part.id}?marchand=${slug}`,
    }))
    .sort((a, b) => a.priceCents - b.priceCents);
}
