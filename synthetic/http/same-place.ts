/**
 * Whether an answer comes from the place meant: the same path on the same host. A slash at the end, `www.`, and a change
 * from http to https are how a site puts its address in order; a query and a fragment do not say which page it is.
 */
export function isSamePlace(actual: URL, meant: URL): boolean {
  return hostOf(actual) === hostOf(meant) && isSameDoor(actual, meant) && pathOf(actual) === pathOf(meant);
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^www\./, '');
}

/** Another port of a host is another program, unless http was left for https. */
function isSameDoor(actual: URL, meant: URL): boolean {
  return actual.port === meant.port || (meant.protocol === 'http:' && actual.protocol === 'https:');
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/\/+$/, '');
}
