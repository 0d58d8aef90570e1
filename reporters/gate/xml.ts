/** An element already written; a string among the children of an element is a text still to be escaped. */
export type Xml = { readonly markup: string };

export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Xml | string)[] = [],
): Xml {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(value)}"`);
  const start = `<${name}${written.join('')}`;
  const inner = children
    .map((child) => (typeof child === 'string' ? escapeText(child, '\n') : `\n${child.markup}`))
    .join('');
  return { markup: inner === '' ? `${start}/>` : `${start}>${inner}</${name}>` };
}

export function xmlDocument({ markup }: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup}\n`;
}

/** Everything outside the characters of XML 1.0 (https://www.w3.org/TR/xml/#charsets); not even references to them are allowed. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Breaks are written as references, so that readers do not make spaces of them, but for `kept`. */
function escapeText(text: string, kept = ''): string {
  return text
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/[\t\n\r]/g, (character) => (character === kept ? character : `&#${character.charCodeAt(0)};`));
}
