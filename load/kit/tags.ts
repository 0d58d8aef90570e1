/**
 * Parameters for a request that is grouped under a name instead of its URL, so that `/api/parts/1` and `/api/parts/2`
 * are one series; and with further tags, on which thresholds can be set (`http_req_duration{page:part}`).
 * @example http.get(url, named('part', { page: 'part' }))
 */
export function named(name: string, tags: Readonly<Record<string, string>> = {}) {
  return { tags: { ...tags, name } };
}

/** The same with headers. @example http.post(url, body, namedWith('pay', { authorization: `Bearer ${token}` })) */
export function namedWith(
  name: string,
  headers: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> = {},
) {
  return { ...named(name, tags), headers: { ...headers } };
}
