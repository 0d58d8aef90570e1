import { callApi, failureText } from './api.ts';
import { track } from './data-layer.ts';
import { announce, create, formatPrice, required } from './elements.ts';

type Item = {
  readonly name: string;
  readonly brand: string;
  readonly reference: string;
  readonly vehicle: string;
  readonly priceCents: number;
  readonly inStock: boolean;
  readonly thumbnailUrl: string;
  readonly url: string;
};
type Results = {
  readonly query: string;
  readonly total: number;
  readonly page: number;
  readonly pageCount: number;
  readonly items: readonly Item[];
};

const form = document.querySelector('form.search');
const input = required('q', HTMLInputElement);
const status = required('etat', HTMLParagraphElement);
const list = required('resultats', HTMLUListElement);
const pages = required('pages', HTMLElement);

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const address = new URL(location.href);
  address.search = new URLSearchParams({ q: input.value.trim() }).toString();
  history.pushState(null, '', address);
  void showResults();
});
window.addEventListener('popstate', () => void showResults());
void showResults();

/** Shows what the address asks for, so that a result page can be bookmarked. */
async function showResults(): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const query = asked.get('q')?.trim() ?? '';
  input.value = query;
  list.replaceChildren();
  pages.hidden = true;
  if (query === '') return;
  announce(status, `Recherche de « ${query} »…`);
  try {
    const parameters = new URLSearchParams({ q: query, page: asked.get('page') ?? '1' });
    render((await callApi(`/api/parts?${parameters}`)) as Results);
  } catch (error) {
    announce(status, `La recherche a échoué. ${failureText(error)}`, 'error');
  }
}

function render(results: Results): void {
  track('recherche_pieces', { recherche: results.query, resultats: results.total });
  if (results.total === 0) {
    announce(status, `Aucune pièce trouvée pour « ${results.query} ». Essayez un nom plus court ou une référence.`);
    return;
  }
  const noun = results.total === 1 ? 'pièce trouvée' : 'pièces trouvées';
  announce(status, `${results.total.toLocaleString('fr-FR')} ${noun} pour « ${results.query} »`, 'success');
  list.replaceChildren(...results.items.map(card));
  renderPages(results);
}

function card(item: Item): HTMLElement {
  return create(
    'li',
    { class: 'card part-card' },
    create('img', { src: item.thumbnailUrl, alt: '', width: '120', height: '90', loading: 'lazy' }),
    create(
      'div',
      {},
      create('h2', {}, create('a', { href: item.url }, item.name)),
      create('p', { class: 'quiet' }, `${item.brand} · ${item.reference}`),
      create('p', { class: 'quiet' }, item.vehicle),
      create(
        'p',
        { class: 'price' },
        formatPrice(item.priceCents),
        create('span', { class: item.inStock ? 'stock in' : 'stock out' }, item.inStock ? 'En stock' : 'Rupture'),
      ),
    ),
  );
}

function renderPages({ query, page, pageCount }: Results): void {
  const link = (to: number, label: string) =>
    create('a', { href: `/recherche?${new URLSearchParams({ q: query, page: String(to) })}` }, label);
  const links = [
    ...(page > 1 ? [link(page - 1, 'Page précédente')] : []),
    create('span', {}, `Page ${page} sur ${pageCount}`),
    ...(page < pageCount ? [link(page + 1, 'Page suivante')] : []),
  ];
  pages.replaceChildren(...links);
  pages.hidden = pageCount < 2;
}
