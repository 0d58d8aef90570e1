type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

/** Builds an element from text and nodes; nothing is ever parsed as HTML. */
export function create<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The element with this id, which the page's own HTML must have. */
export function required<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`#${id} is missing in this page or is no ${type.name}`);
}

/** Shows a sentence where screen readers announce it; `kind` sets its colour. */
export function announce(element: HTMLElement, text: string, kind: 'info' | 'success' | 'error' = 'info'): void {
  element.textContent = text;
  element.dataset.kind = kind;
}

const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

export function formatPrice(priceCents: number): string {
  return euros.format(priceCents / 100);
}
