import { callApi, failureText } from './api.ts';
import { pushEvent } from './data-layer.ts';
import { announce, create, formatPrice, required } from './elements.ts';

type Offer = {
  readonly merchant: string;
  readonly merchantName: string;
  readonly priceCents: number;
  readonly delivery: string;
  readonly url: string;
};

const id = document.querySelector<HTMLElement>('[data-part]')?.dataset.part ?? '';
const status = required('etat', HTMLParagraphElement);
const list = required('offres', HTMLUListElement);
void showOffers();

async function showOffers(): Promise<void> {
  try {
    const { offers } = (await callApi(`/api/parts/${encodeURIComponent(id)}`)) as { readonly offers: readonly Offer[] };
    list.replaceChildren(...offers.map(row));
    announce(status, `${offers.length} offres, la moins chère d’abord`);
  } catch (error) {
    announce(status, `Les offres ne peuvent pas être affichées. ${failureText(error)}`, 'error');
  }
}

function row(offer: Offer): HTMLElement {
  const link = create(
    'a',
    { class: 'button', href: offer.url, rel: 'sponsored nofollow' },
    `Voir l’offre chez ${offer.merchantName}`,
  );
  link.addEventListener('click', () => pushEvent('clic_affiliation', { piece: id, marchand: offer.merchant }));
  return create(
    'li',
    {},
    create('b', {}, offer.merchantName),
    create('span', { class: 'quiet' }, offer.delivery),
    create('span', { class: 'price' }, formatPrice(offer.priceCents)),
    link,
  );
}
