const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

export function formatPrice(priceCents: number): string {
  return euros.format(priceCents / 100);
}
