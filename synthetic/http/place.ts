import { normaliseHost } from '../net/addresses.ts';

/** A URL taken apart once: its getters and the normalising of hosts would otherwise be paid in every run. */
export type Place = {
  readonly url: URL;
  readonly origin: string;
  readonly isSecure: boolean;
  /** As it is connected to: no brackets, ASCII. */
  readonly host: string;
  readonly port: number;
  /** As it stands in the `host` header. */
  readonly authority: string;
  /** Path and query, as in the request line. */
  readonly path: string;
};

export function placeOf(url: URL): Place {
  const isSecure = url.protocol === 'https:';
  return {
    url,
    origin: url.origin,
    isSecure,
    host: normaliseHost(url.hostname) ?? url.hostname,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    authority: url.host,
    path: `${url.pathname}${url.search}`,
  };
}
