export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An address from a base, a path and a query, encoded; k6 has no URL class of its own. Undefined values are left out.
 * @example url('http://127.0.0.1:5000/', '/api/parts', { q: 'plaquettes de frein', page: 2 })
 */
export function url(base: string, path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  const address = `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  if (pairs.length === 0) return address;
  return `${address}${address.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/** A part of a path with everything encoded that would end it. @example url(base, `/api/parts/${segment(id)}`) */
export function segment(text: string | number): string {
  return encodeURIComponent(text);
}
